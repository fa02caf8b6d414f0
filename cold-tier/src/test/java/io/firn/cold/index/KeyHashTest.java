// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class KeyHashTest {
  @Test
  void hash_givesThePublishedValues() {
    KeyHash hash = new KeyHash(0, 0);
    assertThat(hash.hash(new byte[0])).isEqualTo(0xd1fba762150c532cL);
    assertThat(hash.hash(new byte[1])).isEqualTo(0x68a914128e01e473L);
    assertThat(hash.hash("siphash".getBytes(StandardCharsets.US_ASCII)))
        .isEqualTo(0x8264ceeccb16bcbeL);
  }

  @Test
  void reference_givesThePublishedValuesOfTheVariantWithMoreRounds() {
    long k0 = 0x0706050403020100L;
    long k1 = 0x0f0e0d0c0b0a0908L;
    assertThat(reference(2, 4, k0, k1, counting(0))).isEqualTo(0x726fdb47dd0e0e31L);
    assertThat(reference(2, 4, k0, k1, counting(8))).isEqualTo(0x93f5f5799a932462L);
    assertThat(reference(2, 4, k0, k1, counting(15))).isEqualTo(0xa129ca6149be45e5L);
    assertThat(reference(2, 4, k0, k1, counting(63))).isEqualTo(0x958a324ceb064572L);
  }

  @Test
  void hash_equalsTheReferenceForAnyKeyAndRange() {
    Random random = new Random(1);
    for (int round = 0; round < 2_000; round++) {
      long k0 = random.nextLong();
      long k1 = random.nextLong();
      byte[] bytes = new byte[random.nextInt(80)];
      random.nextBytes(bytes);
      int from = random.nextInt(bytes.length + 1);
      int length = random.nextInt(bytes.length - from + 1);
      assertThat(new KeyHash(k0, k1).hash(bytes, from, length))
          .isEqualTo(reference(1, 3, k0, k1, Arrays.copyOfRange(bytes, from, from + length)));
    }
  }

  @Test
  void hash_refusesARangeOutsideTheArray() {
    KeyHash hash = new KeyHash(1, 2);
    assertThatThrownBy(() -> hash.hash(new byte[4], 2, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> hash.hash(new byte[4], -1, 1))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void hash_flipsHalfOfItsBitsForEveryFlippedBitOfKeyOrSeed() {
    Random random = new Random(2);
    int[] flips = new int[64];
    int trials = 0;
    for (int round = 0; round < 60; round++) {
      byte[] key = new byte[20];
      random.nextBytes(key);
      long seed = random.nextLong();
      long before = new KeyHash(seed, 7).hash(key);
      for (int bit = 0; bit < 8 * key.length; bit++) {
        key[bit / 8] ^= (byte) (1 << (bit % 8));
        count(flips, before ^ new KeyHash(seed, 7).hash(key));
        key[bit / 8] ^= (byte) (1 << (bit % 8));
        trials++;
      }
      for (int bit = 0; bit < 64; bit++) {
        count(flips, before ^ new KeyHash(seed ^ (1L << bit), 7).hash(key));
        trials++;
      }
    }
    for (int flipped : flips) {
      assertThat((double) flipped / trials).isBetween(0.47, 0.53);
    }
  }

  private static void count(int[] flips, long difference) {
    for (int bit = 0; bit < 64; bit++) {
      flips[bit] += (int) (difference >>> bit) & 1;
    }
  }

  private static byte[] counting(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) i;
    }
    return bytes;
  }

  /** SipHash as its authors write it down, with any numbers of rounds. */
  private static long reference(int rounds, int finalRounds, long k0, long k1, byte[] message) {
    long[] v = {
      k0 ^ 0x736f6d6570736575L,
      k1 ^ 0x646f72616e646f6dL,
      k0 ^ 0x6c7967656e657261L,
      k1 ^ 0x7465646279746573L
    };
    byte[] padded = Arrays.copyOf(message, (message.length / 8 + 1) * 8);
    padded[padded.length - 1] = (byte) message.length;
    for (int i = 0; i < padded.length; i += 8) {
      long m = 0;
      for (int j = 0; j < 8; j++) {
        m |= (padded[i + j] & 0xFFL) << (8 * j);
      }
      v[3] ^= m;
      mix(v, rounds);
      v[0] ^= m;
    }
    v[2] ^= 0xff;
    mix(v, finalRounds);
    return v[0] ^ v[1] ^ v[2] ^ v[3];
  }

  private static void mix(long[] v, int rounds) {
    for (int i = 0; i < rounds; i++) {
      v[0] += v[1];
      v[1] = Long.rotateLeft(v[1], 13);
      v[1] ^= v[0];
      v[0] = Long.rotateLeft(v[0], 32);
      v[2] += v[3];
      v[3] = Long.rotateLeft(v[3], 16);
      v[3] ^= v[2];
      v[0] += v[3];
      v[3] = Long.rotateLeft(v[3], 21);
      v[3] ^= v[0];
      v[2] += v[1];
      v[1] = Long.rotateLeft(v[1], 17);
      v[1] ^= v[2];
      v[2] = Long.rotateLeft(v[2], 32);
    }
  }
}
