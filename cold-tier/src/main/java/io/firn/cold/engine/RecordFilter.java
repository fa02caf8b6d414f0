// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

/** Decides which live records of an evacuated page are kept; the others are removed durably. */
@FunctionalInterface
public interface RecordFilter {
  /** Keeps every live record. */
  RecordFilter KEEP_ALL = (hash, word, recordBytes, writeTimeMillis, expiresAtMillis) -> true;

  /**
   * Tells whether a record stays in the table. Called on the thread that evacuates, without locks;
   * a record that is overwritten meanwhile is not touched whatever the answer is.
   *
   * @param word the address word of its entry, with the visits since it was written
   * @param recordBytes length of the record
   * @param writeTimeMillis wall time at which it was written, in whole seconds; {@link
   *     Long#MIN_VALUE} if not known
   * @param expiresAtMillis wall time at which it expires; {@link Long#MAX_VALUE} if never
   */
  boolean keep(long hash, long word, int recordBytes, long writeTimeMillis, long expiresAtMillis);

  /**
   * Tells whether a record that is moved keeps the visits that its entry counts; else it starts
   * anew, as one does that is spared once for having been read.
   */
  default boolean keepsVisits() {
    return true;
  }

  /**
   * Tells whether a record that is kept stays where it is if there is no room for its copy; else it
   * is removed like those that are not kept, so that an eviction never fails for want of room.
   */
  default boolean staysWithoutRoom() {
    return true;
  }
}
