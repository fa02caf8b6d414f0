// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * When an entry was written, and when it expires.
 *
 * <p>Where reads prolong the expiry, the record on disk has attributes. Layout, little-endian,
 * offsets in bytes:
 *
 * <pre>
 *   0  1  kind       1; records with another kind are not prolonged
 *   1  8  deadline   i64: wall time in milliseconds; left out if it is NEVER
 * </pre>
 *
 * @param writtenAtMillis wall time of the write, in whole seconds if it was read on disk; {@link
 *     #UNKNOWN} where nobody needs it
 * @param expiresAtMillis wall time from which on the entry is not served; {@link Lifetime#NEVER}
 * @param deadlineMillis up to which wall time reads can prolong the expiry; the expiry itself if
 *     they cannot
 */
record Lifespan(long writtenAtMillis, long expiresAtMillis, long deadlineMillis) {
  static final long UNKNOWN = Long.MAX_VALUE;

  /** Of what never expires. */
  static final Lifespan ENDLESS = new Lifespan(UNKNOWN, Lifetime.NEVER, Lifetime.NEVER);

  private static final byte PROLONGED = 1;
  private static final int KIND_BYTES = 1;
  private static final int BYTES = KIND_BYTES + Long.BYTES;

  /** Tells whether reads can prolong it. */
  boolean isProlongable() {
    return expiresAtMillis < deadlineMillis;
  }

  /** Returns the attributes of the record; null for none. */
  byte @Nullable [] attributes() {
    if (!isProlongable()) {
      return null;
    }
    if (deadlineMillis == Lifetime.NEVER) {
      return new byte[] {PROLONGED};
    }
    return ByteBuffer.allocate(BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(PROLONGED)
        .putLong(deadlineMillis)
        .array();
  }

  /**
   * Reads the deadline from the attributes of a record.
   *
   * @param none returned if they tell of none
   */
  static long deadline(byte[] buffer, int offset, int length, long none) {
    if (length == 0 || buffer[offset] != PROLONGED) {
      return none;
    }
    return length < BYTES
        ? Lifetime.NEVER
        : ByteBuffer.wrap(buffer).order(ByteOrder.LITTLE_ENDIAN).getLong(offset + KIND_BYTES);
  }
}
