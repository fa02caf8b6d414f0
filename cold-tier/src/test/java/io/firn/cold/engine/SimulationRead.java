// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a read returned. */
final class SimulationRead {
  final byte[] value;
  final long expiresAtMillis;

  private SimulationRead(byte[] value, long expiresAtMillis) {
    this.value = value;
    this.expiresAtMillis = expiresAtMillis;
  }

  static SimulationRead of(byte[] buffer, int offset, int length, long expiresAtMillis) {
    return new SimulationRead(Arrays.copyOfRange(buffer, offset, offset + length), expiresAtMillis);
  }

  /**
   * Tells whether a read of a key may return this when the slot holds what a change left.
   *
   * @param read what was returned, null for nothing
   * @param slot the change that the slot holds, null for nothing
   */
  static boolean matches(
      @Nullable SimulationRead read,
      @Nullable SimulationOp slot,
      int key,
      long earliestMillis,
      long latestMillis) {
    if (read == null) {
      return slot == null || slot.key != key || slot.expiresAtMillis <= latestMillis;
    }
    return slot != null
        && slot.key == key
        && slot.expiresAtMillis == read.expiresAtMillis
        && slot.expiresAtMillis > earliestMillis
        && Arrays.equals(slot.value, read.value);
  }

  @Override
  public String toString() {
    return value.length
        + " bytes"
        + (expiresAtMillis == Long.MAX_VALUE ? "" : " until " + expiresAtMillis);
  }
}
