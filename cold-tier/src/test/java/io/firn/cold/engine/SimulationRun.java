// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.model.StoreState;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.SimDisk;
import io.firn.cold.testkit.SimOutcome;
import io.firn.cold.testkit.SimThreads;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The lives of one store, all drawn from one seed. */
final class SimulationRun {
  private static final long STEP_LIMIT = 20_000_000;
  private static final long RECOVERY_STEPS = 1_500;
  private static final int SOON_OPERATIONS = 20;
  private static final int HEALING_SECONDS = 60;
  private static final Step[] CRASH_STEPS = {
    Step.CAPTURED,
    Step.SNAPSHOT_WRITTEN,
    Step.SNAPSHOT_NAMED,
    Step.RECYCLE,
    Step.RELEASE,
    Step.RECOVERY,
    Step.LSN_TAKEN,
    Step.PUBLISHED,
    Step.DATA_FORCED,
    Step.LOG_FORCED,
    Step.MARKED,
    Step.LOG_REPLACED,
    Step.RESCUED,
    Step.GROW,
    Step.DEAD,
    Step.DROPPED,
    Step.MOVE_COPIED,
    Step.MOVE_FORCED
  };

  private final SplittableRandom random;
  private final SimulationWorld world;
  private final @Nullable Rule broken;
  private final Predicate<String> skippedForces;
  private final SimulationWorkers workers;
  private final SplittableRandom workersRandom;
  private final @Nullable SplittableRandom jobsRandom;
  private final StringBuilder story = new StringBuilder();
  private SimulationWorkers.Running running = () -> {};
  private boolean powerFailed;
  private boolean recovered;

  private SimulationRun(
      long seed,
      SimulationFocus focus,
      SimulationTotals totals,
      @Nullable Rule broken,
      Predicate<String> skippedForces,
      SimulationWorkers workers) {
    random = new SplittableRandom(seed);
    world = new SimulationWorld(SimulationShape.draw(seed, focus), random.split(), totals);
    this.broken = broken;
    this.skippedForces = skippedForces;
    this.workers = workers;
    this.workersRandom = new SplittableRandom(seed * 41 + 13);
    this.jobsRandom = SimulationJobs.draw(seed);
  }

  /** Runs a seed; throws an {@link AssertionError} that tells how to do so again. */
  static void run(long seed, SimulationFocus focus, SimulationTotals totals) {
    try {
      plant(seed, focus, totals, null, path -> false);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed "
              + seed
              + " fails; once more: mvn -pl cold-tier test -Dtest=SimulationTest"
              + " -Dfirn.sim.seed="
              + seed
              + ": "
              + e.getMessage(),
          e);
    }
  }

  /** Runs a seed with a bug that was planted. */
  static void plant(
      long seed,
      SimulationFocus focus,
      SimulationTotals totals,
      @Nullable Rule broken,
      Predicate<String> skippedForces) {
    plant(seed, focus, totals, broken, skippedForces, SimulationWorkers.NONE);
  }

  /** Runs a seed with a bug that was planted, and others that work beside the store. */
  static void plant(
      long seed,
      SimulationFocus focus,
      SimulationTotals totals,
      @Nullable Rule broken,
      Predicate<String> skippedForces,
      SimulationWorkers workers) {
    SimulationRun run = new SimulationRun(seed, focus, totals, broken, skippedForces, workers);
    try {
      run.lives();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          e.getMessage() + "; lives: " + run.story + "; " + run.world.shape, e);
    }
    totals.seeds++;
  }

  /** Runs a seed and tells what happened in it, down to a hash over all steps. */
  static String story(long seed) {
    return story(seed, SimulationWorkers.NONE);
  }

  /** Runs a seed with others that work beside the store, and tells what happened in it. */
  static String story(long seed, SimulationWorkers workers) {
    SimulationRun run =
        new SimulationRun(
            seed, SimulationFocus.NONE, new SimulationTotals(), null, path -> false, workers);
    run.lives();
    return run.story.toString();
  }

  private void lives() {
    for (int life = 0; life <= world.shape.lives(); life++) {
      begin(life < world.shape.lives());
      live(life == world.shape.lives());
      story.append(" trace ").append(world.threads().traceHash());
    }
  }

  private void begin(boolean mortal) {
    world.threads = new SimThreads(random.nextLong(), world.time).stepLimit(STEP_LIMIT);
    if (broken != null) {
      world.threads().breakRule(broken);
    }
    if (world.disk == null) {
      world.disk = new SimDisk(random.nextLong(), world.threads()).skipForces(skippedForces);
    } else {
      boolean power = random.nextInt(100) < world.shape.powerShare();
      powerFailed |= power;
      story.append(power ? ", power failure; " : ", process crash; ");
      world.disk = world.disk().crash(power ? CrashKind.POWER : CrashKind.PROCESS, world.threads());
    }
    world.limit = world.shape.isLimited() ? new SimulationLimit(world) : null;
    // Colliding keys do not have the hashes of their entries, which looks like damage to it. Where
    // the store is at its limit the workers are the ones to hear of it.
    if (!world.shape.collisions() && random.nextInt(4) != 0 && world.limit == null) {
      var unusedHandle = world.threads().start(new SimulationEvacuator(world, random.split()));
    }
    if (jobsRandom != null && world.limit == null) {
      var unusedJobs = world.threads().start(new SimulationJobs(world, jobsRandom.split()));
    }
    world.options = world.shape.optionsOfLife(random);
    if (mortal) {
      planCrash();
    }
  }

  private void planCrash() {
    int draw = random.nextInt(10);
    if (draw < 2) {
      world.threads().crashAt(1 + random.nextLong(RECOVERY_STEPS));
    } else if (draw < 3) {
      world.threads().crashAfter(Step.NAMING, 1 + random.nextInt(4), 1 + random.nextInt(6));
    } else if (draw < 6) {
      Step step = CRASH_STEPS[random.nextInt(CRASH_STEPS.length)];
      world.threads().crashAt(step, 1 + random.nextInt(4 << random.nextInt(5)));
    } else if (draw < 9) {
      world.threads().crashAt(1 + random.nextLong(500L << random.nextInt(10)));
    }
  }

  private void live(boolean last) {
    if (!open() || !work() || (last && !drain())) {
      crashed();
      return;
    }
    if (last || random.nextInt(3) == 0) {
      if (!reopen()) {
        crashed();
        return;
      }
      if (!last && !work()) {
        crashed();
        return;
      }
    }
    if (!last) {
      world.threads().crashNow();
      crashed();
    } else {
      boolean unusedClosed = close();
    }
  }

  private void crashed() {
    checkLimit();
    boolean soon = recovered && world.model.ops().size() < SOON_OPERATIONS;
    world.totals.crashed(world.threads(), soon);
    world.dropBatches();
    story.append(world.threads().crashPlace());
    if (world.engine != null) {
      world.model.durableLsn =
          Math.max(world.model.durableLsn, world.engine().forcer().durableLsn());
      long unusedWall = world.latestWallMillis();
    }
    world.engine = null;
    recovered = false;
  }

  private boolean open() {
    world.engine = null;
    world.tables.clear();
    world.rareBusy = false;
    world.doubtful = false;
    world.reserved = false;
    world.full = false;
    world.threads().spawn("opener", this::openEngine);
    if (world.threads().run() == SimOutcome.CRASHED) {
      world.engine = null;
      return false;
    }
    judge();
    startWorkers();
    story.append("opened at ").append(world.engine().log().end()).append(", ");
    return true;
  }

  /**
   * Starts those who work beside the store. One at its limit loses entries to them, which the model
   * does not know; colliding keys do not have the hashes of their entries, which looks like damage.
   */
  private void startWorkers() {
    boolean full = world.shape.faults() == SimulationShape.Faults.FULL;
    SimulationWorkers some = full || world.shape.collisions() ? SimulationWorkers.NONE : workers;
    running = some.start(new StoreSpace(world.engine()), workersRandom);
  }

  private void openEngine() {
    try {
      Engine engine =
          StoreOpening.open(
              world.options,
              new Engine.Seams(
                  world.limit == null ? world.disk() : world.limit.disk(),
                  world.io,
                  world.threads(),
                  world.time,
                  random::nextLong,
                  PendingWrite::new));
      world.threads().checkAlive();
      world.engine = engine;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void judge() {
    for (Table table : world.engine().tables()) {
      world.tables.put(table.name(), table);
    }
    for (String problem : world.engine().recovery().problems()) {
      if (!problem.startsWith("manifest-")) {
        throw new AssertionError("problems: " + world.engine().recovery().problems());
      }
    }
    world.totals.repaired += world.engine().recovery().repairedRecords();
    long bound = powerFailed ? world.model.durableLsn : world.model.returnedLsn();
    SimulationModel.State state = SimulationJudge.judge(world, bound);
    world.totals.jobsRecovered += state.jobs.size();
    SimulationJudge.auditSpace(world);
    world.model.restart(state);
    world.seenWallMillis = world.engine().wallMillis();
    powerFailed = false;
    recovered = true;
  }

  /** Clients at work, in two halves: faults, if there are any, end between them. */
  private boolean work() {
    world.startFaults();
    boolean done = clients();
    world.endFaults();
    if (done && world.shape.faults() != SimulationShape.Faults.NONE && !world.doubtful) {
      done = healed() && clients();
    }
    world.totals.operations += world.model.ops().size();
    if (done) {
      world.totals.ended(world.threads(), world.engine(), world.tables.values());
      if (!world.doubtful || world.shape.faults() != SimulationShape.Faults.BROKEN) {
        SimulationJudge.auditSpace(world);
      }
    }
    return done;
  }

  private boolean clients() {
    for (int i = 0; i < world.shape.clients(); i++) {
      world.threads().spawn("client " + i, new SimulationClient(world, random.split()));
    }
    return world.threads().run() == SimOutcome.DONE;
  }

  /** Waits for the store to heal by itself; then all that was acknowledged is durable. */
  private boolean healed() {
    world.threads().spawn("patient", this::awaitHealth);
    return world.threads().run() == SimOutcome.DONE;
  }

  private void awaitHealth() {
    for (int i = 0; world.engine().health().state() != StoreState.OK; i++) {
      if (i == HEALING_SECONDS) {
        throw new AssertionError("the store has not healed: " + world.engine().health());
      }
      world.threads().sleep(1_000_000_000L);
    }
    long acknowledged = world.model.returnedLsn();
    world.engine().flush();
    world.threads().checkAlive();
    world.model.durableLsn = Math.max(world.model.durableLsn, acknowledged);
  }

  private boolean reopen() {
    return close() && open();
  }

  private void checkLimit() {
    SimulationLimit limit = world.limit;
    if (limit != null) {
      limit.check();
    }
  }

  private boolean close() {
    checkLimit();
    running.judge(!world.shape.mayBeFull());
    world
        .threads()
        .spawn(
            "closer",
            () -> {
              running.close();
              world.engine().close();
            });
    if (world.threads().run() == SimOutcome.CRASHED) {
      return false;
    }
    if (world.shape.faults() == SimulationShape.Faults.NONE) {
      world.model.durableLsn = world.model.returnedLsn();
    }
    return true;
  }

  /** Lets the workers finish. */
  private boolean drain() {
    world.threads().spawn("sleeper", () -> world.threads().sleep(5_000_000_000L));
    return world.threads().run() == SimOutcome.DONE;
  }
}
