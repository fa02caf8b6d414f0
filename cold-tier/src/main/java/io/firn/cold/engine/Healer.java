// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Agent;
import io.firn.cold.agent.AgentHandle;
import io.firn.cold.agent.Step;
import io.firn.cold.index.Partition;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.Loggers;
import io.firn.cold.model.StoreHealth;
import io.firn.cold.model.StoreState;
import io.firn.cold.segment.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Brings a store back into service after its disk has failed or was full: a worker that probes, at
 * growing intervals, until everything is durable again.
 *
 * <p>In this order: the log goes on in another segment; the records of failed data files that no
 * mark covers are copied into other files; snapshots of all partitions are written from memory,
 * which make the lost part of the log unnecessary; the reserve is made; a force with a mark shows
 * that it is done.
 */
final class Healer implements Agent {
  private static final Logger LOG = Loggers.of(Healer.class);
  private static final long FIRST_DELAY_NANOS = 20_000_000L;
  private static final long LONGEST_DELAY_NANOS = 10_000_000_000L;
  private static final long IDLE_NANOS = 1_000_000_000L;

  /** After so many attempts a record that cannot be read counts as damaged. */
  private static final int PATIENT_ATTEMPTS = 12;

  private final Engine engine;
  private final Health health;
  private volatile boolean troubled;
  private volatile boolean full;
  private volatile @Nullable AgentHandle handle;
  private volatile long nextNanos;

  /** Held while it is tried to heal; guards what follows. */
  private final Lock turn;

  private long delayNanos;
  private int attempts;

  Healer(Engine engine) {
    this.engine = engine;
    this.turn = engine.threads().newLock("heal turn");
    this.health = new Health(engine.disk().describe(), engine::wallMillis);
    this.nextNanos = engine.time().nanoTime();
  }

  /** Hears of failures from now on. */
  void listen() {
    engine.log().losses().onTrouble(this::trouble);
    engine.forcer().onTrouble(this::trouble);
  }

  void handle(AgentHandle started) {
    handle = started;
  }

  /** Something failed; from any thread, under any lock. */
  void trouble() {
    troubled = true;
    wake();
  }

  /** The file system had no room; from any thread that holds no lock. */
  void diskFull(String what) {
    full = true;
    StoreState state = engine.reserve().isKept() ? StoreState.DEGRADED : StoreState.READ_ONLY;
    health.report(state, what);
    wake();
  }

  private void wake() {
    AgentHandle agent = handle;
    if (agent != null) {
      agent.wake();
    }
  }

  /** Returns the present state. */
  StoreHealth health() {
    observe();
    return health.now();
  }

  private void observe() {
    IOException failure = engine.log().losses().failure();
    if (health.now().state() != StoreState.OK) {
      return;
    }
    if (failure != null) {
      health.report(StoreState.DEGRADED, "the log has failed: " + failure.getMessage());
    } else if (engine.forcer().isBroken() || troubled) {
      health.report(StoreState.DEGRADED, "a force has failed");
    }
  }

  private boolean isNeeded() {
    return troubled || full || engine.forcer().isBroken();
  }

  @Override
  public int doWork() {
    long now = engine.time().nanoTime();
    if (!isNeeded() || now - nextNanos < 0 || health.now().state() == StoreState.FAILED) {
      return 0;
    }
    int ticket = engine.writers().enter();
    try {
      return heal(now) ? 1 : 0;
    } finally {
      engine.writers().leave(ticket);
    }
  }

  /** Tries to heal; tells whether all is well again. */
  private boolean heal(long nowNanos) {
    turn.lock();
    try {
      return healInTurn(nowNanos);
    } finally {
      turn.unlock();
    }
  }

  private boolean healInTurn(long nowNanos) {
    observe();
    try {
      troubled = false;
      if (repair()) {
        healed(nowNanos);
        return true;
      }
      failed(nowNanos, "writes into a failed file have not ended");
    } catch (IOException | FirnException e) {
      troubled = true;
      LOG.debug("attempt {} to heal failed", attempts, e);
      failed(nowNanos, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      health.report(StoreState.FAILED, "healing met " + e);
      LOG.error("the store in {} does not heal in this process", engine.disk().describe(), e);
    }
    return false;
  }

  /** What fails again soon after it healed is tried at growing intervals too. */
  private void healed(long nowNanos) {
    attempts = 0;
    if (nowNanos - nextNanos < LONGEST_DELAY_NANOS) {
      backOff(nowNanos);
    } else {
      delayNanos = 0;
      nextNanos = nowNanos;
    }
    health.report(StoreState.OK, "");
  }

  private void backOff(long nowNanos) {
    delayNanos = Math.min(Math.max(FIRST_DELAY_NANOS, 2 * delayNanos), LONGEST_DELAY_NANOS);
    nextNanos = nowNanos + delayNanos;
  }

  private void failed(long nowNanos, String why) {
    attempts++;
    backOff(nowNanos);
    boolean writable =
        engine.log().losses().failure() == null && (!full || engine.reserve().isKept());
    health.report(writable ? StoreState.DEGRADED : StoreState.READ_ONLY, why);
  }

  /** Lets the log go on in another segment, if that is due; tells whether it takes frames again. */
  boolean replaceLog() {
    if (engine.time().nanoTime() - nextNanos < 0) {
      return false;
    }
    try {
      engine.forcer().replaceFailedLog();
      return true;
    } catch (IOException | FirnException e) {
      wake();
      return false;
    }
  }

  /** Does all that is left to do; false if something must be waited for. */
  private boolean repair() throws IOException {
    engine.forcer().replaceFailedLog();
    if (!rescue()) {
      return false;
    }
    if (engine.log().losses().isOpen()) {
      loadAll();
      engine.checkpointer().checkpoint(Long.MAX_VALUE, false);
    }
    engine.reserve().ensure();
    engine.forcer().ensureDurable(engine.log().end());
    if (full && engine.disk().usableBytes() < engine.reserve().probeBytes()) {
      throw new IOException("the disk is full");
    }
    full = false;
    return true;
  }

  /**
   * Copies what failed data files hold. Frames that refer to the lost originals stay in the log, so
   * snapshots must make them unnecessary, as they do for frames that are lost themselves.
   */
  private boolean rescue() throws IOException {
    List<Segment> segments = engine.forcer().failed().list();
    List<Rescue> rescues = new ArrayList<>();
    boolean quiet = true;
    for (Segment segment : segments) {
      Rescue rescue = new Rescue(engine, segment, attempts < PATIENT_ATTEMPTS);
      rescues.add(rescue);
      quiet &= rescue.retire(); // all before any is copied, else copies go where a force failed too
    }
    for (Rescue rescue : rescues) {
      rescue.copy();
    }
    if (!quiet) {
      return false;
    }
    if (!segments.isEmpty()) {
      engine.log().losses().breakBelow(engine.log().end());
      segments.forEach(engine.forcer().failed()::remove);
    }
    engine.threads().step(Step.RESCUED);
    return true;
  }

  /** A partition that nobody has used yet has no snapshot above the gap until it is loaded. */
  private void loadAll() {
    for (Table table : engine.tables()) {
      for (Partition partition : table.index().partitions()) {
        if (!partition.isLoaded() && !partition.isRetired()) {
          Workers.load(table, partition);
        }
      }
    }
  }

  /** Tries once more before the store is closed. */
  void beforeClose() {
    if (isNeeded() && health.now().state() != StoreState.FAILED) {
      boolean unused = heal(engine.time().nanoTime());
    }
  }

  @Override
  public long idleNanos() {
    return isNeeded()
        ? Math.max(1, Math.min(IDLE_NANOS, nextNanos - engine.time().nanoTime()))
        : IDLE_NANOS;
  }

  @Override
  public String roleName() {
    return "firn-heal";
  }
}
