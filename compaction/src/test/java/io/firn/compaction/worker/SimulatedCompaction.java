// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.agent.Agent;
import io.firn.cold.agent.AgentHandle;
import io.firn.cold.engine.SimulationWorkers;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.Table;
import io.firn.cold.model.FirnException;
import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionOptions;
import io.firn.compaction.JobKind;
import io.firn.compaction.JobOutcome;
import io.firn.compaction.JobPhase;
import io.firn.compaction.JobProgress;
import io.firn.compaction.JobRecord;
import java.time.Duration;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;

/** The compaction of a simulated store, and an operator who asks it for this and that. */
final class SimulatedCompaction implements Agent, SimulationWorkers.Running {
  private static final long LONG_NANOS = 60_000_000_000L;

  private final StoreSpace space;
  private final SplittableRandom random;
  private final Totals totals;
  private final boolean pauses;
  private final StoreCompaction compaction;
  private final AgentHandle operator;
  private final Duration maxRuntime;

  /** Jobs that were seen to wait after they had given way. */
  private final Set<Long> gaveWay = new HashSet<>();

  /** What became of the jobs of all seeds. Counted by many threads, read afterwards. */
  static final class Totals {
    final Map<JobKind, Integer> completed = new EnumMap<>(JobKind.class);
    int abandoned;
    int failed;
    int resumed;
    int files;
    int gaveWay;
    int surveyed;
    long records;

    private synchronized void count(JobRecord job) {
      files += job.files();
      records += job.records();
      resumed += job.files() > 0 && job.reason().equals("resumed after a restart") ? 1 : 0;
      switch (job.outcome()) {
        case COMPLETED -> {
          completed.merge(job.kind(), job.files() > 0 ? 1 : 0, Integer::sum);
          surveyed += job.kind() == JobKind.SURVEY ? 1 : 0;
        }
        case ABANDONED -> abandoned++;
        case FAILED -> failed++;
      }
    }

    private synchronized void countThatGaveWay(int jobs) {
      gaveWay += jobs;
    }

    @Override
    public String toString() {
      return "completed with files gone "
          + completed
          + ", abandoned "
          + abandoned
          + ", failed "
          + failed
          + ", resumed with files gone "
          + resumed
          + ", gave way "
          + gaveWay
          + ", surveys "
          + surveyed
          + ", files gone "
          + files
          + ", records moved or removed "
          + records;
    }
  }

  private SimulatedCompaction(
      StoreSpace space,
      SplittableRandom random,
      Totals totals,
      Duration maxRuntime,
      boolean pauses) {
    this.pauses = pauses;
    this.space = space;
    this.random = random;
    this.totals = totals;
    this.maxRuntime = maxRuntime;
    this.compaction = StoreCompaction.start(space, 1 + random.nextInt(3));
    this.operator = space.start(this);
  }

  /**
   * Returns what starts the compaction of every store of a simulation. Whether turns are short
   * there is drawn apart, so that it moves nothing in the seeds in which they are not.
   */
  static SimulationWorkers counting(Totals totals, long seed) {
    Duration turn = maxRuntime(seed);
    return (space, random) -> new SimulatedCompaction(space, random.split(), totals, turn, true);
  }

  /** As {@link #counting}, but it is never paused, so that writers find room. */
  static SimulationWorkers steady(Totals totals, long seed) {
    Duration turn = maxRuntime(seed);
    return (space, random) -> new SimulatedCompaction(space, random.split(), totals, turn, false);
  }

  private static Duration maxRuntime(long seed) {
    SplittableRandom turns = new SplittableRandom(seed);
    return turns.nextInt(4) == 0
        ? Duration.ofMillis(1L << turns.nextInt(7))
        : CompactionConfig.defaults().maxRuntime();
  }

  @Override
  public int doWork() {
    List<Table> tables = space.tables();
    if (tables.isEmpty()) {
      return 0;
    }
    String cache = tables.get(random.nextInt(tables.size())).name();
    noteThatGaveWay();
    try {
      CompactionConfig now = compaction.config(cache);
      if (!now.maxRuntime().equals(maxRuntime)) {
        compaction.configure(cache, now.toBuilder().maxRuntime(maxRuntime).build());
      }
      ask(cache);
    } catch (IllegalArgumentException | FirnException e) {
      return 0; // the table was dropped, the queue is full or the store is closed
    }
    return 0;
  }

  private void noteThatGaveWay() {
    for (JobProgress job : compaction.jobs()) {
      boolean unused = job.phase() == JobPhase.YIELDED && gaveWay.add(job.jobId());
    }
  }

  private void ask(String cache) {
    switch (random.nextInt(8)) {
      case 0, 1, 2 -> {
        var unused = compaction.compact(cache, options());
      }
      case 3, 4 -> {
        var unused = compaction.purgeExpired(cache);
      }
      case 5 -> compaction.configure(cache, config());
      case 6 -> cancel();
      default -> {
        if (pauses && random.nextInt(4) == 0) {
          compaction.pause();
        } else {
          compaction.resume();
        }
      }
    }
  }

  private void cancel() {
    List<JobProgress> jobs = compaction.jobs();
    if (jobs.isEmpty()) {
      return;
    }
    JobProgress one = jobs.get(random.nextInt(jobs.size()));
    // Nobody could make room whose jobs for that are cancelled again and again.
    if (pauses || one.reason().startsWith("asked")) {
      compaction.cancel(one.jobId());
    }
  }

  /** Now and then so little time that a job is given up in its middle. */
  private CompactionOptions options() {
    long nanos = random.nextInt(2) == 0 ? 1 + random.nextLong(5_000_000) : LONG_NANOS;
    return CompactionOptions.builder().timeout(Duration.ofNanos(nanos)).build();
  }

  /** Thresholds that small files reach. */
  private CompactionConfig config() {
    return CompactionConfig.defaults().toBuilder()
        .compactThresholdFiles(1 + random.nextInt(4))
        .compactThresholdBytes(random.nextInt(1 << 20))
        .deadRowShare(random.nextDouble())
        .minSpaceSaving(random.nextInt(2) * 0.1)
        .maxRuntime(maxRuntime)
        .build();
  }

  @Override
  public void close() {
    operator.close();
    compaction.close();
  }

  @Override
  public void judge(boolean sound) {
    totals.countThatGaveWay(gaveWay.size());
    gaveWay.clear();
    for (JobRecord job : compaction.history()) {
      totals.count(job);
      boolean excused =
          job.problem().contains("dropped")
              || (!pauses && job.kind() != JobKind.EVICTION && lacksRoom(job));
      if (sound && job.outcome() == JobOutcome.FAILED && !excused) {
        throw new AssertionError("a job failed, but nothing was in its way: " + job);
      }
    }
  }

  /** In a full store a job of another kind may find no room; what it leaves is evicted. */
  private static boolean lacksRoom(JobRecord job) {
    return job.problem().contains("without room") || job.problem().contains("DiskFull");
  }

  @Override
  public long idleNanos() {
    return 10_000_000L << random.nextInt(5);
  }

  @Override
  public String roleName() {
    return "operator";
  }
}
