// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import io.firn.compaction.SegmentInfo;
import java.util.Random;

/** Segments for tests. */
final class Segments {
  static final long MIB = 1L << 20;

  private Segments() {}

  /** A sealed segment that is as old as its number is small. */
  static SegmentInfo sealed(int number, long bytes, long liveBytes, int deadPercent) {
    return segment(number, bytes, liveBytes, deadPercent, 0, 1_000L * number, true);
  }

  static SegmentInfo segment(
      int number,
      long bytes,
      long liveBytes,
      int deadPercent,
      long expiredBytes,
      long createdMillis,
      boolean sealed) {
    return new SegmentInfo(
        number,
        "t1/" + number + ".seg",
        bytes,
        Math.max(bytes, 512 * MIB),
        liveBytes,
        100,
        deadPercent,
        expiredBytes,
        0,
        SegmentInfo.NEVER,
        createdMillis,
        0,
        sealed,
        0);
  }

  /** The same segment, read so often. */
  static SegmentInfo read(SegmentInfo base, long reads) {
    return new SegmentInfo(
        base.number(),
        base.path(),
        base.bytes(),
        base.capacityBytes(),
        base.liveBytes(),
        base.totalRows(),
        base.deadRows(),
        base.expiredBytes(),
        base.reusableBytes(),
        base.latestExpiryMillis(),
        base.createdMillis(),
        base.streamClass(),
        base.sealed(),
        reads);
  }

  /**
   * Any segment: of all sizes, empty and full, dead, expired, open, of several classes, read or
   * not.
   */
  static SegmentInfo arbitrary(Random random, int number, long capacityBytes) {
    long bytes =
        random.nextInt(3) == 0
            ? (long) (random.nextDouble() * capacityBytes / 8)
            : (long) (random.nextDouble() * capacityBytes);
    long live = random.nextInt(8) == 0 ? 0 : (long) (random.nextDouble() * bytes * 1.05);
    long expired =
        switch (random.nextInt(6)) {
          case 0 -> live;
          case 1 -> (long) (random.nextDouble() * live);
          default -> 0;
        };
    int rows = random.nextInt(1_000);
    return new SegmentInfo(
        number,
        "t1/" + number + ".seg",
        bytes,
        capacityBytes,
        live,
        rows,
        random.nextInt(rows + 1),
        expired,
        random.nextInt(3) == 0 ? (long) (random.nextDouble() * capacityBytes) : 0,
        SegmentInfo.NEVER,
        random.nextInt(50),
        random.nextInt(3),
        random.nextInt(6) != 0,
        random.nextInt(2) == 0 ? 0 : 61L * random.nextInt(1_000));
  }
}
