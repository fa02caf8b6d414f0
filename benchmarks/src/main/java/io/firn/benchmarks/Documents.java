// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * The load: keys of 21 bytes in random order and JSON-like documents of log-normal size, all of
 * them functions of a number and a seed, so that any process can say what a key must hold.
 *
 * <p>A value is a copy of one document of a pool with the entry's number written into it, so that
 * no two values are equal and the pool alone stays on the heap. Immutable, for any number of
 * threads.
 */
final class Documents {
  /** The size class that stands for the log-normal mix. */
  static final int MIXED = 0;

  static final int SMALLEST_BYTES = 32;
  static final int LARGEST_BYTES = 64 << 10;
  private static final double MEDIAN_BYTES = 300;

  /** With this spread around the median of 300 bytes the mean is 1,000 bytes. */
  private static final double SIGMA = 1.552;

  private static final int POOL = 1 << 13;
  private static final int STAMP_OFFSET = 7;
  private static final int STAMP_DIGITS = 16;
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.ISO_8859_1);
  private static final String[] WORDS = {
    "alpha", "basket", "customer", "delivery", "express", "francs", "gateway", "harbour",
    "invoice", "january", "kilogram", "ledger", "monthly", "network", "orders", "pending",
    "quantity", "receipt", "shipment", "tracking", "updated", "voucher", "warehouse", "yearly"
  };

  private final byte[][] pool = new byte[POOL][];
  private final long seed;

  /**
   * @param valueBytes the size of every value, or {@link #MIXED}
   */
  Documents(long seed, int valueBytes) {
    this.seed = seed;
    Random random = new Random(seed);
    for (int i = 0; i < POOL; i++) {
      int length = valueBytes == MIXED ? drawLength(random) : valueBytes;
      pool[i] = document(Math.max(SMALLEST_BYTES, length), random);
    }
  }

  /** Returns the key of entry {@code number}; different numbers have different keys. */
  byte[] key(long number) {
    byte[] key = new byte[5 + STAMP_DIGITS];
    key[0] = 'u';
    key[1] = 's';
    key[2] = 'e';
    key[3] = 'r';
    key[4] = ':';
    stamp(key, 5, mix(number + seed));
    return key;
  }

  /** Returns a fresh copy of the value of entry {@code number}. */
  byte[] value(long number) {
    byte[] value = template(number).clone();
    stamp(value, STAMP_OFFSET, number);
    return value;
  }

  /** Whether a value that was read is the one of entry {@code number}, by its length and number. */
  boolean matches(long number, byte[] value) {
    if (value.length != template(number).length) {
      return false;
    }
    for (int i = 0; i < STAMP_DIGITS; i++) {
      if (value[STAMP_OFFSET + i] != digit(number, i)) {
        return false;
      }
    }
    return true;
  }

  private byte[] template(long number) {
    return pool[(int) (mix(number ^ seed) >>> 32) & (POOL - 1)];
  }

  private static int drawLength(Random random) {
    double drawn = MEDIAN_BYTES * Math.exp(SIGMA * random.nextGaussian());
    return (int) Math.min(LARGEST_BYTES, drawn);
  }

  private static byte[] document(int length, Random random) {
    StringBuilder text = new StringBuilder(length + 64);
    text.append("{\"id\":\"").append("0".repeat(STAMP_DIGITS)).append('"');
    while (text.length() < length) {
      text.append(",\"").append(WORDS[random.nextInt(WORDS.length)]).append("\":");
      if (random.nextBoolean()) {
        text.append(random.nextInt(1_000_000));
      } else {
        text.append('"').append(WORDS[random.nextInt(WORDS.length)]).append(' ');
        text.append(Integer.toString(random.nextInt(1 << 20), 36)).append('"');
      }
    }
    text.setLength(length - 1);
    return text.append('}').toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void stamp(byte[] target, int offset, long number) {
    for (int i = 0; i < STAMP_DIGITS; i++) {
      target[offset + i] = digit(number, i);
    }
  }

  private static byte digit(long number, int place) {
    return HEX[(int) (number >>> (4 * (STAMP_DIGITS - 1 - place))) & 15];
  }

  /** A bijection, so that keys never collide. */
  private static long mix(long number) {
    long z = number * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
