// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import org.jspecify.annotations.Nullable;

/** One change of the store that a client asked for. Written by its client, read by the judge. */
final class SimulationOp {
  /** What it changes. */
  enum Kind {
    PUT,
    REMOVE,
    CLEAR,
    CREATE,
    DROP,
    /** Saves where a job stands, or removes it; the key is the id of the job. */
    SAVE
  }

  final Kind kind;
  final int tableId;
  final String tableName;
  final int key;
  final long hash;
  final byte[] value;
  final long expiresAtMillis;

  /** The log's end when it began: its own LSN is not below. */
  final long startLsn;

  /** The write under way, which knows the LSN first. */
  @Nullable PendingWrite pending;

  /** The batch that it is in, if it is in one. */
  @Nullable PendingBatch batch;

  /** Its LSN; 0 while none is known. */
  long lsn;

  /** The change was reported as made. */
  boolean returned;

  SimulationOp(
      Kind kind,
      int tableId,
      String tableName,
      int key,
      long hash,
      byte[] value,
      long expiresAtMillis,
      long startLsn) {
    this.kind = kind;
    this.tableId = tableId;
    this.tableName = tableName;
    this.key = key;
    this.hash = hash;
    this.value = value;
    this.expiresAtMillis = expiresAtMillis;
    this.startLsn = startLsn;
  }

  /** Returns its LSN as far as it is known. */
  long knownLsn() {
    if (lsn != 0) {
      return lsn;
    } else if (pending != null) {
      return pending.lsn();
    }
    return batch == null ? 0 : batch.lsn();
  }

  boolean isRare() {
    return kind == Kind.CLEAR || kind == Kind.CREATE || kind == Kind.DROP;
  }

  @Override
  public String toString() {
    return kind
        + " "
        + tableId
        + "/"
        + key
        + " lsn "
        + knownLsn()
        + (kind == Kind.PUT ? " " + value.length + " bytes" : "")
        + (batch == null ? "" : " in a batch")
        + (expiresAtMillis == Long.MAX_VALUE ? "" : " until " + expiresAtMillis)
        + (returned ? "" : " (not returned)");
  }
}
