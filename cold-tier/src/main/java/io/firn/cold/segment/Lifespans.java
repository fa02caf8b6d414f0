// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How long a new version of a key is expected to last: about as long as the one that it replaces.
 * Thread-safe; a hint, so nothing waits for it and a race costs no more than a worse guess.
 *
 * <p>Time is counted in pages that new records have filled. A turnover is as many of them as the
 * live records would fill, so the classes follow the load, not the clock on the wall.
 */
final class Lifespans {
  /* A version's age is that of its page. A copy has the age of its copy, so what was moved is taken to
   * have lasted at least as long as files do before they are emptied. Of pages of earlier lives the age
   * is unknown; there the class of the file is what the last life thought of them. */

  /** The stream class of what has no expiry, and lasts long or for an unknown time. */
  static final int LASTING = 0;

  /** The stream class of what lasts less than a quarter of a turnover. */
  static final int SHORT = 1 << 7;

  /** The stream class of what lasts less than a turnover. */
  static final int MIDDLE = SHORT + 1;

  /** How many classes there are besides {@link #LASTING}. */
  static final int CLASSES = 2;

  /** As a page's birth: unknown. */
  static final int UNKNOWN = 0;

  private static final int SHORT_SHARE = 4;

  /** Pages that new records have filled in this life. */
  private final AtomicInteger clock = new AtomicInteger(UNKNOWN + 1);

  /** Returns the time by which pages are born. */
  int now() {
    return clock.get();
  }

  /** Notes that new records have filled so many pages. */
  void filled(int pages) {
    int unused = clock.addAndGet(pages);
  }

  /**
   * Returns the stream class of a version that replaces another.
   *
   * @param writtenTo the class of the segment in which the replaced version is
   * @param birth when a stream began to fill the page in which that begins
   * @param livePages how many pages the live records would fill
   */
  int classAfter(int writtenTo, int birth, long livePages) {
    if (birth == UNKNOWN) {
      return writtenTo == SHORT || writtenTo == MIDDLE ? writtenTo : LASTING;
    }
    long age = Integer.toUnsignedLong(clock.get() - birth);
    if (age >= livePages || writtenTo == Stream.OLD_SURVIVORS) {
      return LASTING;
    }
    return SHORT_SHARE * age >= livePages || writtenTo >= Stream.SURVIVORS ? MIDDLE : SHORT;
  }

  /**
   * Tells whether a record that is moved will last: it was moved before, or is older than a
   * turnover.
   *
   * @param writtenTo the class of the segment that it is moved out of
   * @param birth when a stream began to fill the page in which it begins
   * @param livePages how many pages the live records would fill
   */
  boolean lasts(int writtenTo, int birth, long livePages) {
    return writtenTo >= Stream.SURVIVORS
        || (birth != UNKNOWN && Integer.toUnsignedLong(clock.get() - birth) >= livePages);
  }
}
