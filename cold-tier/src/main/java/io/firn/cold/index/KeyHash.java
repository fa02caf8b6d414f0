// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The keyed hash of keys: SipHash with one compression round and three finalisation rounds, so that
 * nobody who does not know the store's seed can choose keys that collide. Immutable; allocates
 * nothing per call.
 *
 * <p>Jean-Philippe Aumasson, Daniel J. Bernstein: SipHash, a fast short-input PRF, 2012.
 */
public final class KeyHash {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final long INIT_0 = 0x736f6d6570736575L;
  private static final long INIT_1 = 0x646f72616e646f6dL;
  private static final long INIT_2 = 0x6c7967656e657261L;
  private static final long INIT_3 = 0x7465646279746573L;
  private static final int FINAL_ROUNDS = 3;

  private final long seed0;
  private final long seed1;

  /** Creates the hash for a seed of 128 bits. */
  public KeyHash(long seed0, long seed1) {
    this.seed0 = seed0;
    this.seed1 = seed1;
  }

  /** Returns the hash of the whole array. */
  public long hash(byte[] key) {
    return hash(key, 0, key.length);
  }

  /**
   * Returns the hash of a range of bytes.
   *
   * @throws IndexOutOfBoundsException if the range does not lie in the array
   */
  public long hash(byte[] key, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, key.length);
    long v0 = seed0 ^ INIT_0;
    long v1 = seed1 ^ INIT_1;
    long v2 = seed0 ^ INIT_2;
    long v3 = seed1 ^ INIT_3;
    int end = offset + (length & ~7);
    int position = offset;
    long word = 0;
    // The loop body is one round written out; the last turn takes the tail and the length.
    while (true) {
      boolean last = position == end;
      word = last ? tail(key, end, length) : (long) LONG.get(key, position);
      v3 ^= word;
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32) + v3;
      v2 += v1;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
      v0 ^= word;
      if (last) {
        break;
      }
      position += Long.BYTES;
    }
    v2 ^= 0xFF;
    for (int round = 0; round < FINAL_ROUNDS; round++) {
      v0 += v1;
      v2 += v3;
      v1 = Long.rotateLeft(v1, 13) ^ v0;
      v3 = Long.rotateLeft(v3, 16) ^ v2;
      v0 = Long.rotateLeft(v0, 32) + v3;
      v2 += v1;
      v3 = Long.rotateLeft(v3, 21) ^ v0;
      v1 = Long.rotateLeft(v1, 17) ^ v2;
      v2 = Long.rotateLeft(v2, 32);
    }
    return v0 ^ v1 ^ v2 ^ v3;
  }

  /** Returns the last 0 to 7 bytes with the low byte of the whole length on top. */
  private static long tail(byte[] key, int from, int length) {
    long word = (long) length << 56;
    for (int i = (length & 7) - 1; i >= 0; i--) {
      word |= (key[from + i] & 0xFFL) << (8 * i);
    }
    return word;
  }
}
