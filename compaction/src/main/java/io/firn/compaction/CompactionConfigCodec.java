// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import io.firn.cold.format.LittleEndian;
import io.firn.cold.model.CorruptStoreException;
import io.firn.cold.model.UnsupportedVersionException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of a {@link CompactionConfig}, little-endian. Whoever stores them adds the checksum.
 *
 * <pre>
 *  0  1 version               2; 1 ends before maxRuntime; a higher one is refused
 *  1  1 flags                 bit 0 autoCompact, bit 1 backgroundEnabled; the others are 0
 *  2  2 maxConcurrentJobs
 *  4  4 compactThresholdFiles
 *  8  8 compactThresholdBytes
 * 16  8 targetFileSizeBytes
 * 24  8 minFileSizeBytes
 * 32  8 deadRowShare          as the bits of a double, as all shares
 * 40  8 minFragmentation
 * 48  8 minSpaceSavingsBytes
 * 56  8 minSpaceSaving
 * 64  8 timeout               nanoseconds
 * 72  4 minDeletedRecords
 * 76  8 maximumBytesPerSecond
 * 84  8 maxRuntime            nanoseconds; the default in version 1
 * </pre>
 */
final class CompactionConfigCodec {
  static final int VERSION = 2;
  static final int LENGTH = 92;
  private static final int WITHOUT_MAX_RUNTIME = 1;
  private static final int LENGTH_WITHOUT_MAX_RUNTIME = 84;
  private static final int AUTO = 1;
  private static final int BACKGROUND = 2;

  private CompactionConfigCodec() {}

  static byte[] encode(CompactionConfig config) {
    CompactionThresholds thresholds = config.thresholds();
    byte[] bytes = new byte[LENGTH];
    bytes[0] = VERSION;
    bytes[1] =
        (byte) ((config.autoCompact() ? AUTO : 0) | (config.backgroundEnabled() ? BACKGROUND : 0));
    LittleEndian.putShort(bytes, 2, config.maxConcurrentJobs());
    LittleEndian.putInt(bytes, 4, config.compactThresholdFiles());
    LittleEndian.putLong(bytes, 8, config.compactThresholdBytes());
    LittleEndian.putLong(bytes, 16, config.targetFileSizeBytes());
    LittleEndian.putLong(bytes, 24, config.minFileSizeBytes());
    putDouble(bytes, 32, config.deadRowShare());
    putDouble(bytes, 40, thresholds.minFragmentation());
    LittleEndian.putLong(bytes, 48, thresholds.minSpaceSavingsBytes());
    putDouble(bytes, 56, config.minSpaceSaving());
    LittleEndian.putLong(bytes, 64, config.timeout().toNanos());
    LittleEndian.putInt(bytes, 72, thresholds.minDeletedRecords());
    LittleEndian.putLong(bytes, 76, config.maximumBytesPerSecond());
    LittleEndian.putLong(bytes, 84, config.maxRuntime().toNanos());
    return bytes;
  }

  static CompactionConfig decode(byte[] bytes) {
    if (bytes.length == 0) {
      throw corrupt("no bytes", null);
    }
    int version = LittleEndian.getByte(bytes, 0);
    if (version > VERSION) {
      throw new UnsupportedVersionException(
          "compaction settings: version " + version + ", but at most " + VERSION + " is known",
          null);
    }
    int length = version == WITHOUT_MAX_RUNTIME ? LENGTH_WITHOUT_MAX_RUNTIME : LENGTH;
    if (version == 0 || bytes.length != length) {
      throw corrupt(
          "version " + version + " with " + bytes.length + " bytes, expected " + length, null);
    }
    int flags = LittleEndian.getByte(bytes, 1);
    if ((flags & ~(AUTO | BACKGROUND)) != 0) {
      throw corrupt("unknown flags 0x" + Integer.toHexString(flags), null);
    }
    try {
      return fields(bytes, flags);
    } catch (IllegalArgumentException e) {
      throw corrupt(e.getMessage(), e);
    }
  }

  private static CompactionConfig fields(byte[] bytes, int flags) {
    return new CompactionConfig(
        (flags & AUTO) != 0,
        (flags & BACKGROUND) != 0,
        LittleEndian.getInt(bytes, 4),
        LittleEndian.getLong(bytes, 8),
        LittleEndian.getLong(bytes, 16),
        LittleEndian.getLong(bytes, 24),
        getDouble(bytes, 32),
        new CompactionThresholds(
            getDouble(bytes, 40), LittleEndian.getInt(bytes, 72), LittleEndian.getLong(bytes, 48)),
        getDouble(bytes, 56),
        Duration.ofNanos(LittleEndian.getLong(bytes, 64)),
        LittleEndian.getShort(bytes, 2),
        LittleEndian.getLong(bytes, 76),
        bytes.length == LENGTH
            ? Duration.ofNanos(LittleEndian.getLong(bytes, 84))
            : CompactionConfig.DEFAULT_MAX_RUNTIME);
  }

  private static void putDouble(byte[] bytes, int offset, double value) {
    LittleEndian.putLong(bytes, offset, Double.doubleToLongBits(value));
  }

  private static double getDouble(byte[] bytes, int offset) {
    return Double.longBitsToDouble(LittleEndian.getLong(bytes, offset));
  }

  private static CorruptStoreException corrupt(@Nullable String what, @Nullable Exception cause) {
    return new CorruptStoreException("compaction settings: " + what, cause);
  }
}
