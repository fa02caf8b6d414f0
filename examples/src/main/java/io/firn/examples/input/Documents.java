// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.input;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/**
 * A seeded generator of JSON-like documents with log-normal sizes: median 300 bytes, mean about 1
 * KB, at most 64 KiB. The same seed and key always give the same document. Safe for any thread.
 */
public final class Documents {
  static final int MEDIAN_BYTES = 300;
  static final int MINIMUM_BYTES = 40;
  static final int MAXIMUM_BYTES = 64 << 10;

  /** The mean of a log-normal distribution is its median times exp(sigma² / 2). */
  private static final double SIGMA = 1.55;

  private static final String[] WORDS = {
    "amber", "basalt", "cedar", "delta", "ember", "fjord", "granite", "harbor", "indigo",
    "juniper", "kelp", "lagoon", "marble", "nectar", "opal", "prairie", "quartz", "reef",
    "saffron", "tundra", "umber", "violet", "willow", "yarrow"
  };

  private final long seed;

  /** Creates a generator; each seed gives other documents. */
  public Documents(long seed) {
    this.seed = seed;
  }

  /** Returns the size in bytes of the document of {@code key}. */
  public int sizeBytes(String key) {
    return size(random(key));
  }

  /** Returns the document of {@code key}, all of it ASCII. */
  public byte[] document(String key) {
    SplittableRandom random = random(key);
    int size = size(random);
    StringBuilder text = new StringBuilder(size + 64);
    text.append("{\"id\":\"").append(Long.toHexString(random.nextLong())).append('"');
    for (int field = 0; text.length() < size; field++) {
      text.append(",\"").append(word(random)).append(field).append("\":");
      if (random.nextInt(3) == 0) {
        text.append(random.nextInt(1_000_000));
      } else {
        text.append('"').append(word(random)).append(' ').append(word(random)).append('"');
      }
    }
    text.setLength(size - 2);
    // The cut may fall inside a field, hence JSON-like.
    return text.append("\"}").toString().getBytes(StandardCharsets.US_ASCII);
  }

  private SplittableRandom random(String key) {
    long hash = 1125899906842597L;
    for (int i = 0; i < key.length(); i++) {
      hash = 31 * hash + key.charAt(i);
    }
    return new SplittableRandom(seed ^ (hash * 0x9E3779B97F4A7C15L));
  }

  private static int size(SplittableRandom random) {
    double size = MEDIAN_BYTES * Math.exp(SIGMA * random.nextGaussian());
    return (int) Math.min(MAXIMUM_BYTES, Math.max(MINIMUM_BYTES, size));
  }

  private static String word(SplittableRandom random) {
    return WORDS[random.nextInt(WORDS.length)];
  }
}
