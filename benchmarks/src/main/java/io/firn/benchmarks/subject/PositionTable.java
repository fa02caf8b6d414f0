// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.subject;

import java.util.Arrays;

/** Where each key's record begins, by a hash of the key; colliding keys are not told apart. */
final class PositionTable {
  private static final long NONE = -1;

  private long[] hashes = new long[1 << 10];
  private long[] positions = new long[1 << 10];
  private int size;

  PositionTable() {
    Arrays.fill(positions, NONE);
  }

  static long hash(byte[] key) {
    long hash = 0x9E3779B97F4A7C15L;
    for (byte b : key) {
      hash = (hash ^ b) * 0xFF51AFD7ED558CCDL;
      hash ^= hash >>> 32;
    }
    return hash;
  }

  /** Returns the position, or a negative number. */
  long find(long hash) {
    int mask = positions.length - 1;
    for (int slot = (int) hash & mask; ; slot = (slot + 1) & mask) {
      if (positions[slot] == NONE || hashes[slot] == hash) {
        return positions[slot];
      }
    }
  }

  void set(long hash, long position) {
    if (size * 2 >= positions.length) {
      grow();
    }
    place(hash, position);
  }

  private void place(long hash, long position) {
    int mask = positions.length - 1;
    int slot = (int) hash & mask;
    while (positions[slot] != NONE && hashes[slot] != hash) {
      slot = (slot + 1) & mask;
    }
    if (positions[slot] == NONE) {
      size++;
    }
    hashes[slot] = hash;
    positions[slot] = position;
  }

  private void grow() {
    long[] oldHashes = hashes;
    long[] oldPositions = positions;
    hashes = new long[oldHashes.length * 2];
    positions = new long[oldHashes.length * 2];
    Arrays.fill(positions, NONE);
    size = 0;
    for (int i = 0; i < oldHashes.length; i++) {
      if (oldPositions[i] != NONE) {
        place(oldHashes[i], oldPositions[i]);
      }
    }
  }
}
