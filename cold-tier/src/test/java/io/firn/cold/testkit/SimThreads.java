// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.firn.cold.agent.Agent;
import io.firn.cold.agent.AgentHandle;
import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.agent.Threads;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Threads that a seed interleaves: exactly one task runs at a time, and hands over to another only
 * at a step, a lock, a condition or a yield. The same seed and the same tasks give the same run.
 *
 * <p>Set up and run from one plain thread. While {@link #run} is active only its tasks may use the
 * locks and steps; outside of it, locks are ordinary locks and steps do nothing. A crash throws
 * {@link SimCrash} out of the running task and of every other one where it waits, and again at its
 * next step, lock, condition or disk call. What a task records for a judge outside it should be
 * guarded by {@link #crashed}, since code under test may turn the error into an answer.
 */
public final class SimThreads implements Threads {
  /* All fields belong to the task that is running; the hand-over (a volatile flag and an unpark)
   * orders them. The fast path of a step is a few additions and one comparison: everything that may
   * happen at a step is folded into one number of the plan, that of the step to look at closer. */

  private static final int YIELD_LIMIT = 10_000;

  private final long seed;
  private final SplittableRandom random;
  private final SimTrace trace = new SimTrace();
  private final List<SimTask> tasks = new ArrayList<>();
  private final List<SimAgent> agents = new ArrayList<>();
  private final SimReadyList ready = new SimReadyList();
  private final Thread owner = Thread.currentThread();
  private final Set<Rule> brokenRules = EnumSet.noneOf(Rule.class);
  private final SimPlan plan;
  private final SimClock clock;
  private @Nullable SimTask current;
  private boolean running;
  private boolean stopping;
  private boolean crashed;
  private @Nullable Throwable failure;
  private @Nullable String crashPlace;
  private @Nullable Step crashStep;
  private final Set<String> crashMethods = new HashSet<>();
  private int liveClients;
  private int taskCount;
  private int idleYields;
  private long handovers;
  private volatile boolean finished;

  /**
   * Creates a scheduler without tasks. The chance of a hand-over at a step (2 to 60 %) and the
   * speed of the clock (100 ns to 50 µs per step) follow from the seed.
   */
  public SimThreads(long seed, ManualTime time) {
    this.seed = seed;
    random = new SplittableRandom(seed);
    plan = new SimPlan(random);
    clock = new SimClock(time, tasks, ready, random);
  }

  /**
   * Sets the chance of a hand-over at each step, 0 to 1.
   *
   * @throws IllegalArgumentException if it is not within 0 and 1
   */
  @CanIgnoreReturnValue
  public SimThreads handoverChance(double chance) {
    plan.handoverChance(chance, trace.steps());
    return this;
  }

  /** Sets by how many nanoseconds each step moves the clock. */
  @CanIgnoreReturnValue
  public SimThreads nanosPerStep(long nanos) {
    clock.nanosPerStep(nanos);
    return this;
  }

  /** Sets the number of steps after which a run fails as endless. Default 200 million. */
  @CanIgnoreReturnValue
  public SimThreads stepLimit(long steps) {
    plan.stepLimit(steps);
    return this;
  }

  /** Ends the world at the step with this number, counted from 1; locks count as steps. */
  @CanIgnoreReturnValue
  public SimThreads crashAt(long stepNumber) {
    plan.crashAt(stepNumber);
    return this;
  }

  /** Ends the world when a kind of step is announced for the {@code count}-th time, from 1. */
  @CanIgnoreReturnValue
  public SimThreads crashAt(Step step, long count) {
    plan.crashAt(SimTrace.code(step), count, 0);
    return this;
  }

  /** Ends the world some steps of any kind after a kind of step was announced so often. */
  @CanIgnoreReturnValue
  public SimThreads crashAfter(Step step, long count, long steps) {
    plan.crashAt(SimTrace.code(step), count, steps);
    return this;
  }

  /** Plants a bug: this rule of the protocols is not kept. */
  @CanIgnoreReturnValue
  public SimThreads breakRule(Rule rule) {
    brokenRules.add(rule);
    return this;
  }

  /** Ends the world now; throws {@link SimCrash} if called by a task. */
  public void crashNow() {
    beginCrash("crashNow");
    if (running) {
      throw new SimCrash();
    }
  }

  /** Adds a task. May be called before the run or by a running task. */
  @CanIgnoreReturnValue
  public SimTask spawn(String name, Runnable body) {
    if (running) {
      checkAlive();
    }
    liveClients++;
    return add(name, false, body);
  }

  /**
   * Runs until every task that is not an agent has returned, or until a crash. Agents that are
   * still open then finish their slice and pause until the next run.
   *
   * @throws AssertionError if a task failed, or nobody could ever run again; names the seed, the
   *     step and the cause
   */
  @CanIgnoreReturnValue
  public SimOutcome run() {
    if (running || Thread.currentThread() != owner) {
      throw new IllegalStateException("run() belongs to the thread that made the scheduler");
    }
    if (crashed) {
      return SimOutcome.CRASHED;
    }
    if (liveClients > 0) {
      begin();
      awaitEnd();
    }
    if (failure != null) {
      throw new AssertionError(
          "seed " + seed + ", step " + trace.steps() + ": " + failure, failure);
    }
    return crashed ? SimOutcome.CRASHED : SimOutcome.DONE;
  }

  private void begin() {
    finished = false;
    stopping = false;
    running = true;
    for (SimAgent agent : agents) {
      agent.begin(add(agent.name(), true, agent));
    }
    transferTo(ready.any(random));
  }

  private void awaitEnd() {
    boolean interrupted = false;
    while (!finished) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean keeps(Rule rule) {
    return !brokenRules.contains(rule);
  }

  @Override
  public int number() {
    return running ? current().id : 0;
  }

  @Override
  public Lock newLock(String name) {
    return new SimLock(this, name);
  }

  @Override
  public void step(Step step) {
    if (running) {
      point(SimTrace.code(step));
    } else {
      checkAlive();
    }
  }

  @Override
  public void yieldNow() {
    if (!running) {
      checkAlive();
      Thread.onSpinWait();
      return;
    }
    idleYields++;
    count(SimTrace.YIELD);
    if (idleYields > 2 * ready.size() && !clock.jumpToNextDeadline() && idleYields > YIELD_LIMIT) {
      fail(new AssertionError("tasks only yield to each other" + dump()));
      throw new SimCrash();
    }
    handOver();
  }

  @Override
  public AgentHandle start(Agent agent) {
    checkAlive();
    SimAgent started = new SimAgent(this, agent);
    agents.add(started);
    if (running) {
      started.begin(add(started.name(), true, started));
    }
    return started;
  }

  /** Sleeps in simulated time, as the calling task; outside of a run it just moves the time. */
  public void sleep(long nanos) {
    if (!running) {
      clock.advance(nanos);
      return;
    }
    point(SimTrace.SLEEP);
    block("sleep", clock.nanoTime() + nanos);
  }

  /** Returns the number of steps so far, locks included. */
  public long steps() {
    return trace.steps();
  }

  /** Returns how often a kind of step was announced. */
  public long steps(Step step) {
    return trace.count(SimTrace.code(step));
  }

  /** Returns how often one task gave way to another. */
  public long handovers() {
    return handovers;
  }

  /** Returns a hash over every step and the task that made it: equal for equal runs. */
  public long traceHash() {
    return trace.hash();
  }

  /** Tells whether the world has ended. */
  public boolean crashed() {
    return crashed;
  }

  /** Tells whether the caller is a task of a run that goes on. */
  public boolean active() {
    return running && !crashed;
  }

  /** Returns the step at which the world ended, if it was an announced one. */
  public @Nullable Step crashStep() {
    return crashStep;
  }

  /** Returns task, step and number at which the world ended, empty if it did not. */
  public String crashPlace() {
    return crashPlace == null ? "" : crashPlace;
  }

  /** Tells whether a task stood in a method ({@code Class.method}) when the world ended. */
  public boolean crashedIn(String method) {
    return crashMethods.contains(method);
  }

  /** Throws {@link SimCrash} if the world has ended. */
  public void checkAlive() {
    if (crashed) {
      throw new SimCrash();
    }
  }

  /** Returns every task with what it waits for, and the steps just made. */
  public String dump() {
    StringBuilder text = new StringBuilder(1024);
    text.append("\nseed ").append(seed).append(" at ").append(clock.nanoTime()).append(" ns");
    tasks.forEach(task -> task.describe(text, task == current));
    return trace.appendRecent(text).toString();
  }

  boolean inRun() {
    return running;
  }

  boolean stopping() {
    return stopping;
  }

  SimTask current() {
    SimTask task = current;
    if (task == null || task.thread != Thread.currentThread()) {
      throw new IllegalStateException(
          "a thread outside the simulation came in: " + Thread.currentThread());
    }
    return task;
  }

  int below(int bound) {
    return random.nextInt(bound);
  }

  long nanoTime() {
    return clock.nanoTime();
  }

  void point(int code) {
    idleYields = 0;
    count(code);
  }

  private void count(int code) {
    checkAlive();
    SimTask task = current;
    long number = trace.add(task == null ? 0 : task.id, code);
    if (plan.due(number, code, trace)) {
      event(number, code);
    }
  }

  private void event(long number, int code) {
    SimTask self = current();
    if (plan.isCrash(number, code, trace)) {
      crashStep = SimTrace.step(code);
      beginCrash(self.name + " at " + SimTrace.name(code) + ", step " + number);
      throw new SimCrash();
    }
    if (plan.isLimit(number)) {
      fail(new AssertionError("no end after " + number + " steps" + dump()));
      throw new SimCrash();
    }
    handOver();
  }

  /** Lets another task run, if one can; returns when the caller's turn comes again. */
  void handOver() {
    SimTask self = current();
    plan.drawHandover(trace.steps());
    clock.pass(trace.steps());
    if (below(clock.earlyJumpOdds()) == 0) {
      clock.jumpTowardsNextDeadline();
    }
    if (ready.size() > 1) {
      switchTo(self, ready.another(self, random));
    }
  }

  /** Takes the caller off the runnable tasks until somebody wakes it or the time has come. */
  void block(Object reason, long deadline) {
    checkAlive();
    SimTask self = current();
    self.waitsFor = reason;
    self.deadline = deadline;
    ready.remove(self);
    SimTask next = choose();
    if (next == null) {
      throw new SimCrash();
    }
    if (next != self) {
      switchTo(self, next);
    }
    self.waitsFor = null;
  }

  void wake(SimTask task) {
    ready.wake(task);
  }

  void join(SimTask task) {
    if (!running) {
      return;
    }
    while (!task.done) {
      task.joiners.add(current());
      block("the end of " + task.name, SimTask.NO_DEADLINE);
    }
  }

  List<SimAgent> agents() {
    return agents;
  }

  private SimTask add(String name, boolean agent, Runnable body) {
    SimTask task = new SimTask(this, name, ++taskCount, agent, body);
    tasks.add(task);
    ready.add(task);
    return task;
  }

  /** Returns who runs next; {@code null} if nobody ever can, which is then the failure. */
  private @Nullable SimTask choose() {
    clock.pass(trace.steps());
    if (ready.isEmpty() && !clock.jumpToNextDeadline()) {
      fail(new AssertionError("deadlock" + dump()));
      return null;
    }
    return ready.any(random);
  }

  private void switchTo(SimTask self, SimTask next) {
    handovers++;
    transferTo(next);
    self.awaitTurn();
    checkAlive();
  }

  private void transferTo(SimTask next) {
    current = next;
    if (next.started) {
      next.resume();
    } else {
      next.started = true;
      SimOsThreads.execute(() -> live(next));
    }
  }

  private void live(SimTask self) {
    self.thread = Thread.currentThread();
    try {
      self.body.run();
    } catch (Throwable thrown) {
      if (!crashed) {
        fail(thrown);
      }
    }
    self.done = true;
    end(self);
  }

  private void end(SimTask self) {
    tasks.remove(self);
    if (self.index >= 0) {
      ready.remove(self);
    }
    self.joiners.forEach(ready::wake);
    if (!self.agent && --liveClients == 0) {
      stopping = true;
      agents.forEach(SimAgent::wake);
    }
    SimTask next = crashed || tasks.isEmpty() ? null : choose();
    if (crashed) {
      next = SimTask.nextToUnwind(tasks);
    }
    if (next == null) {
      current = null;
      running = false;
      finished = true;
      LockSupport.unpark(owner);
    } else {
      transferTo(next);
    }
  }

  private void beginCrash(String place) {
    if (!crashed) {
      crashed = true;
      crashPlace = place;
      for (SimTask task : tasks) {
        SimTrace.addMethods(crashMethods, task.thread);
      }
    }
  }

  private void fail(Throwable thrown) {
    if (failure == null) {
      failure = thrown;
    }
    beginCrash("failure");
  }
}
