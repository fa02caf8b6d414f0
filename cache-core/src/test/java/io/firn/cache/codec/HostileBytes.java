// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;

/** Bytes that nobody has encoded, for codecs that must not care. */
final class HostileBytes {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private HostileBytes() {}

  /** Decodes every beginning of {@code valid}, itself excluded; returns how many are values. */
  static int truncate(Codec<?> codec, Class<?> type, byte[] valid) {
    int values = 0;
    for (int length = 0; length < valid.length; length++) {
      values += valueOrTypedError(codec, type, Arrays.copyOf(valid, length)) ? 1 : 0;
    }
    return values;
  }

  /** Decodes {@code valid} with one to three bits flipped, {@code rounds} times. */
  static void flip(Codec<?> codec, Class<?> type, byte[] valid, Random random, int rounds) {
    for (int i = 0; i < rounds; i++) {
      byte[] bytes = valid.clone();
      for (int bit = random.nextInt(3); bit >= 0; bit--) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      boolean unused = valueOrTypedError(codec, type, bytes);
    }
  }

  /** Decodes up to 40 bytes of noise behind some first bytes of {@code valid}. */
  static void noise(Codec<?> codec, Class<?> type, byte[] valid, Random random, int rounds) {
    for (int i = 0; i < rounds; i++) {
      int kept = random.nextInt(valid.length);
      byte[] bytes = new byte[kept + random.nextInt(40)];
      random.nextBytes(bytes);
      System.arraycopy(valid, 0, bytes, 0, kept);
      boolean unused = valueOrTypedError(codec, type, bytes);
    }
  }

  /** Returns whether the bytes were a value; whatever but a typed error fails the test. */
  static boolean valueOrTypedError(Codec<?> codec, Class<?> type, byte[] bytes) {
    try {
      assertThat((Object) JsonSamples.decode(codec, bytes)).isInstanceOf(type);
      return true;
    } catch (DecodeException e) {
      assertThat(e).hasMessageContaining("byte");
      return false;
    }
  }

  /** Returns how many bytes this thread allocates while it decodes. */
  static long allocated(Codec<?> codec, Class<?> type, byte[] bytes) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    boolean unused = valueOrTypedError(codec, type, bytes);
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }
}
