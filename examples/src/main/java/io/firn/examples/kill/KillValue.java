// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.kill;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * The value of one version of one key: key and version, then bytes that follow from both and the
 * seed. So every bit of a value that was read can be compared with what was written.
 *
 * <pre>
 *  0  8  key, little-endian
 *  8  4  version
 * 12  n  pseudo-random bytes; n is log-normal with median 300, at most 32 KiB
 * </pre>
 */
final class KillValue {
  private static final int VERSION_OFFSET = 8;
  private static final int BODY_OFFSET = 12;
  private static final int MEDIAN_BODY_BYTES = 300;
  private static final int MAXIMUM_BODY_BYTES = 32 << 10;
  private static final double SIGMA = 0.8;

  private KillValue() {}

  static byte[] of(long seed, long key, int version) {
    SplittableRandom random =
        new SplittableRandom(seed + key * 0x9E3779B97F4A7C15L + version * 0xD1342543DE82EF95L);
    double drawn = MEDIAN_BODY_BYTES * Math.exp(SIGMA * random.nextGaussian());
    byte[] body = new byte[(int) Math.min(MAXIMUM_BODY_BYTES, drawn)];
    random.nextBytes(body);
    return ByteBuffer.allocate(BODY_OFFSET + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(key)
        .putInt(version)
        .put(body)
        .array();
  }

  /** Returns the version that {@code value} claims to be, or -1 if it is not intact. */
  static int intactVersion(long seed, long key, byte[] value) {
    if (value.length < BODY_OFFSET) {
      return -1;
    }
    int version = ByteBuffer.wrap(value).order(ByteOrder.LITTLE_ENDIAN).getInt(VERSION_OFFSET);
    return Arrays.equals(value, of(seed, key, version)) ? version : -1;
  }
}
