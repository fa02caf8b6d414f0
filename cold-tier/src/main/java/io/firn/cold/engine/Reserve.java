// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.format.Octets;
import io.firn.cold.io.DiskFullIoException;
import io.firn.cold.io.DiskLedger;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.Loggers;
import io.firn.cold.model.StoreIoException;
import java.io.IOException;
import org.slf4j.Logger;

/**
 * What a store keeps allocated on its disk so that, when everything else is full, it still logs
 * removals, takes checkpoints and recycles its log: one spare log segment, both places of the
 * snapshots of every partition, both manifests with room for what was added since they were
 * written. It is made before any value is taken, and again first when space returns. Thread-safe.
 */
final class Reserve {
  private static final Logger LOG = Loggers.of(Reserve.class);

  /** Bytes of a partition in a manifest, at least. */
  static final int PARTITION_BYTES = 80;

  private static final int TABLE_BYTES = 64 + PARTITION_BYTES;
  private static final int BYTES_PER_CHAR = 3;
  private static final int SEGMENT_BYTES = 64;

  /** Removals go on in the one while the other is being given up. */
  private static final int LOG_SEGMENTS_FOR_REMOVALS = 2;

  private final Engine engine;
  private volatile boolean manifests;

  Reserve(Engine engine) {
    this.engine = engine;
  }

  /** Tells whether what is not part of a table is there. */
  boolean isKept() {
    return manifests && engine.log().hasSpare();
  }

  /** Makes what is missing. */
  void ensure() throws IOException {
    if (engine.threads().keeps(Rule.KEEP_RESERVE)) {
      if (!manifests) {
        engine.manifests().ensureRoom(0);
      }
      ensureSpare();
      for (Table table : engine.tables()) {
        if (table.size() > 0) {
          table.ensurePlaces();
        }
      }
    }
    manifests = true;
  }

  /** Makes the spare log segment; where there is no room, of one that checkpoints make unneeded. */
  private void ensureSpare() throws IOException {
    int attempt = 0;
    while (true) {
      try {
        engine.log().ensureSpare();
        return;
      } catch (DiskFullException | DiskFullIoException e) {
        if (!engine.archive().giveUp()
            && (attempt++ == Relief.CHECKPOINTS_TO_SHORTEN_THE_LOG
                || !engine.relief().checkpoint(e))) {
          throw e;
        }
      }
    }
  }

  /**
   * Makes what can be made now. A store whose limit is lower than what it holds borrows the room
   * for it, and for what it takes to become smaller: log, and copies of records.
   */
  void makeAtOpening() {
    DiskLedger ledger = engine.ledger();
    if (ledger.usedBytes() > ledger.maximumBytes() || !fits()) {
      LOG.warn(
          "store {} holds {} bytes, the limit is {}: the oldest entries are evicted",
          engine.disk().describe(),
          ledger.usedBytes(),
          ledger.maximumBytes());
      ledger.overdraw(engine.relief().headroomBytes());
    }
    makeIfPossible();
  }

  /** Tells whether the store's own limit leaves room for the reserve, which is made then. */
  private boolean fits() {
    try {
      ensure();
      return true;
    } catch (DiskFullException e) {
      return e.getCause() != null;
    } catch (IOException | FirnException e) {
      return true; // another attempt will tell
    }
  }

  /** Makes what can be made now; without the rest the store takes no new values. */
  void makeIfPossible() {
    try {
      ensure();
    } catch (DiskFullIoException e) {
      engine.healer().diskFull("the reserve cannot be made: " + e.getMessage());
    } catch (IOException | FirnException e) {
      engine.healer().trouble();
    }
  }

  /**
   * Takes a new value only when the reserve is there.
   *
   * @throws DiskFullException if there is no room for it
   * @throws StoreIoException if it cannot be made
   */
  void beforePut(Table table) {
    if (!engine.threads().keeps(Rule.KEEP_RESERVE)) {
      return;
    }
    table.ensurePlaces();
    ensureKept();
  }

  private void ensureKept() {
    if (!isKept()) {
      try {
        ensure();
      } catch (DiskFullIoException e) {
        engine.healer().diskFull(String.valueOf(e.getMessage()));
        throw new DiskFullException("no room for the reserve: " + e.getMessage(), e);
      } catch (IOException e) {
        throw new StoreIoException("the reserve cannot be made: " + e.getMessage(), e);
      }
    }
  }

  /**
   * Takes the state of a job only when the reserve is there and the disk has room to spare for all
   * that removals may need beside it. Nothing is written, or told to the healer, before that is
   * known: a job goes on without its state.
   *
   * @param bytes of the state, in a manifest
   * @throws DiskFullException if there is no room for it
   * @throws StoreIoException if the disk fails
   */
  void beforeJob(int bytes) {
    long needed =
        engine.relief().headroomBytes()
            + LOG_SEGMENTS_FOR_REMOVALS * engine.options().log().minimumBytes()
            + ManifestStore.growthBytes(bytes);
    long free = freeBytes();
    if (free < needed) {
      throw new DiskFullException(
          "the state of a job would take what removals may need: "
              + free
              + " bytes are free, which must be "
              + needed,
          null);
    }
    ensureKept();
    ensureManifestRoom(0);
  }

  /** Returns what both the store's limit and the disk leave. */
  private long freeBytes() {
    long left = engine.ledger().maximumBytes() - engine.ledger().usedBytes();
    try {
      return Math.min(left, engine.disk().usableBytes());
    } catch (IOException e) {
      throw new StoreIoException("the free space of the disk is unknown: " + e.getMessage(), e);
    }
  }

  /**
   * Makes room for something new in both manifests.
   *
   * @throws DiskFullException if there is none
   */
  void ensureManifestRoom(int bytes) {
    try {
      engine.manifests().ensureRoom(bytes);
    } catch (DiskFullIoException e) {
      throw new DiskFullException("the manifests cannot grow: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new StoreIoException("the manifests cannot grow: " + e.getMessage(), e);
    }
  }

  /** A segment is there; the slack of the manifests covers it until the next value is taken. */
  void segmentAdded() {
    try {
      engine.manifests().ensureRoom(SEGMENT_BYTES);
    } catch (IOException | FirnException e) {
      manifests = false;
    }
  }

  /** Returns the bytes of a new table in a manifest, at most. */
  static int tableBytes(String name, Octets options) {
    return TABLE_BYTES + BYTES_PER_CHAR * name.length() + options.length();
  }

  /** Returns how many bytes of the file system must be free for a store that was full to go on. */
  long probeBytes() {
    return 2 * (engine.options().space().aheadBytes() + engine.options().log().minimumBytes());
  }
}
