// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.io.DiskFullIoException;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.Loggers;
import io.firn.cold.model.StoreIoException;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;

/**
 * What writers do when the disk has no room: they free some themselves, and leave the log what it
 * needs, so that a full store still removes. Thread-safe; callers hold no lock.
 */
final class Relief {
  private static final Logger LOG = Loggers.of(Relief.class);

  /** Two snapshots of every partition must move on, and both manifests after them. */
  static final int CHECKPOINTS_TO_SHORTEN_THE_LOG = 4;

  private static final int LOG_SHARE_OF_DISK = 8;
  private static final int SPARE_LOG_SEGMENTS = 4;
  private static final long MANIFEST_BYTES = 64 << 10;

  /** How often a writer without room gives way to readers who may hold some up. */
  private static final int MOST_WAITS = 200;

  private final AtomicInteger drops = new AtomicInteger();
  private final Engine engine;

  Relief(Engine engine) {
    this.engine = engine;
  }

  /**
   * Returns the bytes of the disk that new data and the index must leave free: for log and
   * manifests, and for moving records, without which nothing would ever become free again: of as
   * many tables as that is done to at a time, those that need most.
   */
  long headroomBytes() {
    long[] missing =
        engine.tables().stream()
            .mapToLong(table -> table.space().missingEvacuationBytes())
            .sorted()
            .toArray();
    int others = Math.max(0, missing.length - engine.pressure().tablesAtOnce());
    return logHeadroomBytes() + Arrays.stream(missing).skip(others).sum();
  }

  /** Returns the bytes of the disk that everything must leave free for log and manifests. */
  long logHeadroomBytes() {
    EngineOptions options = engine.options();
    long wanted = 2 * options.keptLogBytes() + SPARE_LOG_SEGMENTS * options.log().maximumBytes();
    long most = Math.min(wanted, options.maximumDiskBytes() / LOG_SHARE_OF_DISK);
    return Math.max(0, most - engine.log().diskBytes()) + MANIFEST_BYTES;
  }

  /**
   * Reserves room in the log, shortening it by checkpoints if it cannot grow.
   *
   * @throws DiskFullException if even that gives no room
   */
  void reserveLog(int alignedBytes) {
    int attempt = 0;
    while (true) {
      try {
        engine.log().reserve(alignedBytes);
        return;
      } catch (DiskFullException e) {
        if (!engine.archive().giveUp()
            && (attempt++ == CHECKPOINTS_TO_SHORTEN_THE_LOG || !checkpoint(e))) {
          refused(e);
          throw e;
        }
      } catch (StoreIoException e) {
        if (attempt++ > 0
            || engine.log().losses().failure() == null
            || !engine.healer().replaceLog()) {
          throw e;
        }
      }
    }
  }

  /**
   * Reserves room for a removal, which a full disk must take: if it is open batches that keep the
   * log, they are given up.
   *
   * @throws DiskFullException if even that gives no room
   */
  void reserveLogForRemoval(int alignedBytes) {
    try {
      reserveLog(alignedBytes);
    } catch (DiskFullException e) {
      if (!(e.getCause() instanceof DiskFullIoException) || !engine.batches().giveUpOpen()) {
        throw e;
      }
      reserveLog(alignedBytes);
    }
  }

  /** Notes that the files of a table are about to be deleted, which is counted nowhere. */
  void dropBegins() {
    int unused = drops.incrementAndGet();
  }

  /** Notes that they are. */
  void dropEnded() {
    int unused = drops.decrementAndGet();
  }

  /** Tells whether the files of a dropped table are not gone yet. */
  boolean isDropping() {
    return drops.get() > 0;
  }

  /** Notes that a write is refused; a limit of the store's own is nothing to heal. */
  void refused(DiskFullException e) {
    if (e.getCause() instanceof DiskFullIoException io) {
      engine.healer().diskFull(String.valueOf(io.getMessage()));
    }
  }

  /** Takes a checkpoint of everything; tells whether that went well. */
  boolean checkpoint(Exception why) {
    try {
      engine.checkpointer().checkpoint(Long.MAX_VALUE, false);
      return true;
    } catch (IOException | FirnException e) {
      why.addSuppressed(e);
      return false;
    }
  }

  /** Tries to free pages or files now, archives first; tells whether it got any further. */
  boolean reclaim() {
    if (engine.archive().giveUp()) {
      return true;
    }
    try {
      int done = workOnTables();
      long awaited = 0;
      for (Table table : engine.tables()) {
        awaited = Math.max(awaited, table.worker().awaitedLsn());
      }
      if (awaited > 0) {
        engine.forcer().ensureReleasable(awaited);
      }
      engine.epochs().turnOver();
      done += workOnTables();
      for (int i = 0; done == 0 && i < MOST_WAITS && awaitsReaders(); i++) {
        engine.threads().yieldNow(); // a reader who is inside may lack a processor
        engine.epochs().turnOver();
        done = workOnTables();
      }
      return done > 0;
    } catch (IOException e) {
      LOG.warn("space of {} could not be reclaimed", engine.disk().describe(), e);
      return false;
    }
  }

  private boolean awaitsReaders() {
    return engine.tables().stream().anyMatch(table -> table.worker().awaitsReaders());
  }

  private int workOnTables() throws IOException {
    int done = 0;
    for (Table table : engine.tables()) {
      while (table.sweep()) {
        done++;
      }
      done += table.worker().work();
    }
    return done;
  }
}
