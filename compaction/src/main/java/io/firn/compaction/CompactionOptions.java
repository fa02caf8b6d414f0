// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * What one compaction that a user asks for shall do.
 *
 * @param strategy order in which records are written; default {@link CompactionStrategy#SIMPLE}
 * @param filter which files may be chosen at all; default all. Called on a thread of the
 *     compaction, and must not block
 * @param targetFileSizeBytes length of the files to make, at least 1; default 512 MiB. Where the
 *     store's segments are smaller than that, their size counts
 * @param minFileSizeBytes files shorter than this are merged; default 64 MiB. Shrinks with the
 *     target, in the same proportion, where that does not fit the store's segments
 * @param minSpaceSaving share of the chosen files' bytes that must come back, unless the number of
 *     files falls, 0 to 1; default 0.10
 * @param timeout after which the job is abandoned, at least 1 ms; default 10 minutes
 */
public record CompactionOptions(
    CompactionStrategy strategy,
    Predicate<? super SegmentInfo> filter,
    long targetFileSizeBytes,
    long minFileSizeBytes,
    double minSpaceSaving,
    Duration timeout) {
  private static final CompactionOptions DEFAULTS = builder().build();

  /**
   * @throws IllegalArgumentException if a setting is outside its range
   */
  public CompactionOptions {
    Objects.requireNonNull(strategy, "strategy");
    Objects.requireNonNull(filter, "filter");
    Checks.within("targetFileSizeBytes", targetFileSizeBytes, 1, Long.MAX_VALUE);
    Checks.notNegative("minFileSizeBytes", minFileSizeBytes);
    Checks.share("minSpaceSaving", minSpaceSaving);
    Checks.timeout("timeout", timeout);
  }

  /** Returns the defaults. */
  public static CompactionOptions defaults() {
    return DEFAULTS;
  }

  /** Starts with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Returns these options for a store with segments of a size: the target fits, and the bound of
   * small files has kept its proportion to it.
   *
   * @throws IllegalArgumentException if {@code segmentBytes} is not positive
   */
  public CompactionOptions fitted(long segmentBytes) {
    Checks.within("segmentBytes", segmentBytes, 1, Long.MAX_VALUE);
    long target = Math.min(targetFileSizeBytes, segmentBytes);
    double shrunk = (double) minFileSizeBytes * target / targetFileSizeBytes;
    long small = target == targetFileSizeBytes ? minFileSizeBytes : (long) shrunk;
    return new CompactionOptions(
        strategy, filter, target, Math.min(small, target), minSpaceSaving, timeout);
  }

  /** Collects settings; the record checks them. Not thread-safe. */
  public static final class Builder {
    private CompactionStrategy strategy = CompactionStrategy.SIMPLE;
    private Predicate<? super SegmentInfo> filter = segment -> true;
    private long targetFileSizeBytes = CompactionConfig.DEFAULT_TARGET_BYTES;
    private long minFileSizeBytes = CompactionConfig.DEFAULT_MIN_FILE_BYTES;
    private double minSpaceSaving = CompactionConfig.DEFAULT_MIN_SPACE_SAVING;
    private Duration timeout = CompactionConfig.DEFAULT_TIMEOUT;

    private Builder() {}

    /** Sets the order in which records are written. */
    @CanIgnoreReturnValue
    public Builder strategy(CompactionStrategy value) {
      strategy = value;
      return this;
    }

    /** Sets which files may be chosen at all. */
    @CanIgnoreReturnValue
    public Builder filter(Predicate<? super SegmentInfo> value) {
      filter = value;
      return this;
    }

    /** Sets the length of the files to make. */
    @CanIgnoreReturnValue
    public Builder targetFileSizeBytes(long value) {
      targetFileSizeBytes = value;
      return this;
    }

    /** Sets the length below which files are merged. */
    @CanIgnoreReturnValue
    public Builder minFileSizeBytes(long value) {
      minFileSizeBytes = value;
      return this;
    }

    /** Sets the share of bytes that must come back. */
    @CanIgnoreReturnValue
    public Builder minSpaceSaving(double value) {
      minSpaceSaving = value;
      return this;
    }

    /** Sets the time after which the job is abandoned. */
    @CanIgnoreReturnValue
    public Builder timeout(Duration value) {
      timeout = value;
      return this;
    }

    /**
     * Returns the options.
     *
     * @throws IllegalArgumentException if a setting is outside its range; names it
     */
    public CompactionOptions build() {
      return new CompactionOptions(
          strategy, filter, targetFileSizeBytes, minFileSizeBytes, minSpaceSaving, timeout);
    }
  }
}
