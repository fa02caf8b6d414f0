// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.util.List;

/**
 * The catalogue of the store, written alternately to two files; the valid one with the higher
 * number counts. Immutable.
 *
 * @param number higher is newer
 * @param identity what never changes
 * @param nextTableId id that the next table gets
 * @param maxWallMillis highest wall-clock time that the store has seen
 * @param cleanEndLsn end of the log if the store was closed cleanly, else 0
 * @param redoLsn where redo starts
 * @param logSequence number that the next log segment gets
 * @param nextSlotNumber number that the next snapshot gets
 * @param tables by id
 * @param dictionaries of all tables
 * @param jobs that have begun and not ended
 */
public record Manifest(
    long number,
    StoreIdentity identity,
    int nextTableId,
    long maxWallMillis,
    long cleanEndLsn,
    long redoLsn,
    long logSequence,
    long nextSlotNumber,
    List<TableEntry> tables,
    List<DictionaryEntry> dictionaries,
    List<JobEntry> jobs) {
  /** Size of the header in bytes; the payload follows. */
  public static final int HEADER_BYTES = 32;

  /** Copies the lists. */
  public Manifest {
    tables = List.copyOf(tables);
    dictionaries = List.copyOf(dictionaries);
    jobs = List.copyOf(jobs);
  }

  /**
   * Returns the manifest as bytes, without anything behind them.
   *
   * @throws IllegalArgumentException if a name has more than 65,535 bytes in UTF-8
   */
  public byte[] encode() {
    return ManifestCodec.encode(this);
  }

  /**
   * Reads a manifest; bytes behind it are ignored.
   *
   * @param resource names the file in messages
   * @throws CorruptBytesException if the bytes are no manifest
   * @throws io.firn.cold.model.UnsupportedVersionException if a newer version wrote them
   */
  public static Manifest decode(byte[] bytes, String resource) throws CorruptBytesException {
    return ManifestCodec.decode(bytes, resource);
  }
}
