// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Agent;
import io.firn.cold.agent.AgentHandle;
import io.firn.cold.index.Partition;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.Loggers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The engine's workers: one that forces at an interval, one that zeroes ahead of the writers, one
 * that seals, releases, loads and takes checkpoints, one that heals. Each is stepped by one thread.
 */
final class Workers {
  private static final Logger LOG = Loggers.of(Workers.class);

  private static final long MAINTENANCE_NANOS = 50_000_000L;
  private static final long PREPARE_NANOS = 100_000_000L;
  private static final long BUSY_NANOS = 5_000_000L;
  private static final long SILENCE_NANOS = 2_000_000_000L;
  private static final long BACK_OFF_NANOS = 1_000_000_000L;
  private static final int LIVE_SHARE_OF_LOG = 50;
  private static final int LIVE_SHARE_OF_CARRYING_LOG = 4;
  private static final int LOG_SHARE_OF_DISK = 8;

  /** Snapshots that were moved behind all others are moved to the start of the file by the next. */
  private static final int GATHERINGS = 2;

  /** Two snapshots of every partition must move on, and both manifests after them. */
  private static final int CHECKPOINTS = Relief.CHECKPOINTS_TO_SHORTEN_THE_LOG;

  private final Engine engine;
  private final List<AgentHandle> handles = new ArrayList<>();
  private volatile @Nullable AgentHandle maintenance;
  private volatile @Nullable AgentHandle preparer;

  Workers(Engine engine) {
    this.engine = engine;
  }

  void start() {
    AgentHandle prepares = engine.threads().start(new PrepareAgent());
    AgentHandle maintains = engine.threads().start(new MaintenanceAgent());
    preparer = prepares;
    maintenance = maintains;
    handles.add(prepares);
    handles.add(maintains);
    if (engine.options().flushMode() == FlushMode.ASYNC) {
      handles.add(engine.threads().start(new FlushAgent()));
    }
    AgentHandle heals = engine.threads().start(engine.healer());
    engine.healer().handle(heals);
    handles.add(heals);
    engine.log().onLowCredit(this::wakePreparer);
  }

  void wakeMaintenance() {
    wake(maintenance);
  }

  void wakePreparer() {
    wake(preparer);
  }

  private static void wake(@Nullable AgentHandle handle) {
    if (handle != null) {
      handle.wake();
    }
  }

  void close() {
    for (AgentHandle handle : handles) {
      handle.close();
    }
  }

  /** Loads a partition that a clean open left for later. */
  static void load(Table table, Partition partition) {
    int shift = partition.prefixBits() == 0 ? 0 : Long.SIZE - partition.prefixBits();
    table.index().lock((long) partition.prefix() << shift).unlock();
  }

  /**
   * Backs off after a failure, so that a disk that refuses is not asked all the time. Counts as a
   * writer while it works, so that no table is closed under it.
   */
  private abstract class PatientAgent implements Agent {
    private long quietUntilNanos = Long.MIN_VALUE;

    @Override
    public final int doWork() {
      long now = engine.time().nanoTime();
      if (quietUntilNanos != Long.MIN_VALUE && now - quietUntilNanos < 0) {
        return 0;
      }
      quietUntilNanos = Long.MIN_VALUE;
      int ticket = engine.writers().enter();
      try {
        return slice(now);
      } catch (IOException | FirnException e) {
        quietUntilNanos = now + BACK_OFF_NANOS;
        LOG.warn("{} failed and tries again in a second", roleName(), e);
        return 0;
      } finally {
        engine.writers().leave(ticket);
      }
    }

    abstract int slice(long nowNanos) throws IOException;
  }

  /** Zeroes the log and the open extents ahead of their writers. */
  private final class PrepareAgent extends PatientAgent {
    @Override
    int slice(long nowNanos) throws IOException {
      int work = engine.log().prepareAhead() ? 1 : 0;
      for (Table table : engine.tables()) {
        work += table.space().prepareAhead() ? 1 : 0;
      }
      return work;
    }

    @Override
    public long idleNanos() {
      return PREPARE_NANOS;
    }

    @Override
    public String roleName() {
      return "firn-prepare";
    }
  }

  /** Forces when the interval has passed or enough bytes are unforced. */
  private final class FlushAgent extends PatientAgent {
    private long lastNanos = engine.time().nanoTime();
    private long lastPutBytes;
    private long lastEnd;
    private boolean busy;

    @Override
    int slice(long nowNanos) {
      long end = engine.log().end();
      busy = end != lastEnd;
      lastEnd = end;
      if (engine.forcer().durableLsn() >= end) {
        return 0;
      }
      long putBytes = putBytes();
      boolean due =
          nowNanos - lastNanos >= engine.options().flushIntervalNanos()
              || putBytes - lastPutBytes >= engine.options().flushBytes();
      if (!due) {
        return 0;
      }
      lastNanos = nowNanos;
      lastPutBytes = putBytes;
      engine.forcer().force();
      return 0;
    }

    private long putBytes() {
      long sum = 0;
      for (Table table : engine.tables()) {
        sum += table.counters().putBytes.sum();
      }
      return sum;
    }

    @Override
    public long idleNanos() {
      long half = Math.max(1, engine.options().flushIntervalNanos() / 2);
      return busy ? Math.min(BUSY_NANOS, half) : half;
    }

    @Override
    public String roleName() {
      return "firn-flush";
    }
  }

  /** Seals, sweeps, releases, loads partitions, and takes checkpoints. */
  private final class MaintenanceAgent extends PatientAgent {
    private long seenChanges;
    private long silentSinceNanos;
    private boolean tidied = true;

    /** The tables whose files still have unused ends. */
    private List<Table> uncut = new ArrayList<>();

    @Override
    int slice(long nowNanos) throws IOException {
      engine.epochs().turnOver();
      int work = 0;
      long awaited = 0;
      long liveBytes = 0;
      List<Table> tables = engine.tables();
      for (Table table : tables) {
        work += table.sweep() ? 1 : 0;
        work += table.worker().work();
        awaited = Math.max(awaited, table.worker().awaitedLsn());
        liveBytes += table.space().liveCharge();
        table.worker().limitMapped(engine.options().mappedBytes() / tables.size());
      }
      boolean heals = engine.forcer().isBroken();
      if (awaited > 0 && work == 0 && !heals) {
        engine.forcer().ensureReleasable(awaited);
      }
      work += loadPartition() ? 1 : 0;
      if (!heals) {
        work += checkpoint(liveBytes) ? 1 : 0;
        work += tidy(tables, nowNanos) ? 1 : 0;
      }
      return work;
    }

    /** After some silence closes the streams and takes a checkpoint, so that files can shrink. */
    private boolean tidy(List<Table> tables, long nowNanos) throws IOException {
      long changes = 0;
      for (Table table : tables) {
        changes += table.changes() + table.counters().moves.sum();
      }
      if (changes != seenChanges) {
        seenChanges = changes;
        silentSinceNanos = nowNanos;
        tidied = false;
      }
      if (!uncut.isEmpty() && tidied) {
        return cutEnds();
      }
      if (tidied || nowNanos - silentSinceNanos < SILENCE_NANOS) {
        return false;
      }
      for (Table table : tables) {
        table.space().closeStreams();
      }
      engine.log().shrink();
      long quietLsn = engine.log().end();
      for (int i = 0; i < CHECKPOINTS && engine.manifests().neededLsn() < quietLsn; i++) {
        engine.checkpointer().checkpoint(Long.MAX_VALUE, false);
      }
      for (int i = 0; i < GATHERINGS && gatherSnapshots(tables); i++) {
        LOG.debug("gathered the snapshots of tables that are much smaller now");
      }
      engine.log().shrink(); // of what these checkpoints left behind
      tidied = true;
      uncut = new ArrayList<>(tables);
      return true;
    }

    /**
     * Moves the snapshots of tables together of which little is left, and cuts their index files.
     */
    private boolean gatherSnapshots(List<Table> tables) throws IOException {
      boolean gathered = false;
      for (Table table : tables) {
        gathered |= table.gatherSnapshots();
      }
      for (int i = 0; gathered && i < IndexFile.CHECKPOINTS_TO_GATHER; i++) {
        engine.checkpointer().checkpoint(Long.MAX_VALUE, false);
      }
      for (Table table : tables) {
        if (gathered && !table.isDropped()) {
          table.indexFile().cutEnd();
        }
      }
      return gathered;
    }

    /**
     * Cuts the files of tables one by one; their mappings go first, after the readers, who read
     * what was cut by positional calls from then on.
     */
    private boolean cutEnds() throws IOException {
      Table table = uncut.get(0);
      if (!table.isDropped() && !table.worker().cutIdleEnds()) {
        return false;
      }
      uncut.remove(0);
      return true;
    }

    /** Loads one partition that a clean open left for later; tells whether there was one. */
    private boolean loadPartition() {
      if (engine.pendingRecovery() == null) {
        return false;
      }
      for (Table table : engine.tables()) {
        for (Partition partition : table.index().partitions()) {
          if (!partition.isLoaded() && !partition.isRetired()) {
            load(table, partition);
            return true;
          }
        }
        table.space().complete(true);
      }
      engine.recoveryComplete();
      return true;
    }

    private boolean checkpoint(long liveBytes) throws IOException {
      long end = engine.log().end();
      boolean carries = engine.options().flushMode() == FlushMode.SYNC;
      long share = liveBytes / (carries ? LIVE_SHARE_OF_CARRYING_LOG : LIVE_SHARE_OF_LOG);
      long most = engine.options().maximumDiskBytes() / LOG_SHARE_OF_DISK;
      long bound = Math.max(engine.options().keptLogBytes(), Math.min(share, most));
      long needed = engine.manifests().neededLsn();
      long reach = engine.batches().redoLsn(end, engine.time().nanoTime());
      if (end - needed <= bound || reach - needed <= bound / 2) {
        return false; // the log is short enough, or it is a batch that keeps it
      }
      engine.checkpointer().checkpoint(end - bound / 4, false);
      return true;
    }

    @Override
    public long idleNanos() {
      return MAINTENANCE_NANOS;
    }

    @Override
    public String roleName() {
      return "firn-maintenance";
    }
  }
}
