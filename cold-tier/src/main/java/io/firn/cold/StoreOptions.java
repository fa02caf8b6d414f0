// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.firn.cold.agent.SystemTime;
import io.firn.cold.model.TimeSource;
import io.firn.cold.wal.ArchivePolicy;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The settings of a store; every one has a default. Immutable. */
public final class StoreOptions {
  /** Smallest value of {@link Builder#maximumDiskBytes}: 16 MiB. */
  public static final long SMALLEST_DISK_BYTES = 16L << 20;

  /** Largest value of {@link Builder#maximumValueBytes}: 256 MiB. */
  public static final int LARGEST_VALUE_BYTES = 256 << 20;

  private final long maximumDiskBytes;
  private final FlushPolicy flushPolicy;
  private final @Nullable IfDamaged ifDamaged;
  private final IfNewer ifNewer;
  private final Duration ifLocked;
  private final int maximumValueBytes;
  private final long maximumSegmentBytes;
  private final long maximumBatchBytes;
  private final int maximumBatchKeys;
  private final Duration maximumBatchTime;
  private final ArchivePolicy archive;
  private final Duration maximumSpaceWait;
  private final TimeSource time;

  private StoreOptions(Builder builder) {
    maximumDiskBytes = builder.maximumDiskBytes;
    flushPolicy = builder.flushPolicy;
    ifDamaged = builder.ifDamaged;
    ifNewer = builder.ifNewer;
    ifLocked = builder.ifLocked;
    maximumValueBytes = builder.maximumValueBytes;
    maximumSegmentBytes = builder.maximumSegmentBytes;
    maximumBatchBytes = builder.maximumBatchBytes;
    maximumBatchKeys = builder.maximumBatchKeys;
    maximumBatchTime = builder.maximumBatchTime;
    archive = builder.archive;
    maximumSpaceWait = builder.maximumSpaceWait;
    time = builder.time;
  }

  /** Starts with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns 0 for the default, which depends on the free space. */
  long maximumDiskBytes() {
    return maximumDiskBytes;
  }

  FlushPolicy flushPolicy() {
    return flushPolicy;
  }

  @Nullable IfDamaged ifDamaged() {
    return ifDamaged;
  }

  IfNewer ifNewer() {
    return ifNewer;
  }

  Duration ifLocked() {
    return ifLocked;
  }

  int maximumValueBytes() {
    return maximumValueBytes;
  }

  long maximumSegmentBytes() {
    return maximumSegmentBytes;
  }

  long maximumBatchBytes() {
    return maximumBatchBytes;
  }

  int maximumBatchKeys() {
    return maximumBatchKeys;
  }

  Duration maximumBatchTime() {
    return maximumBatchTime;
  }

  ArchivePolicy archive() {
    return archive;
  }

  Duration maximumSpaceWait() {
    return maximumSpaceWait;
  }

  TimeSource time() {
    return time;
  }

  /** Collects settings; each call checks its argument. Not thread-safe. */
  public static final class Builder {
    private static final int DEFAULT_VALUE_BYTES = 16 << 20;
    private static final long DEFAULT_SEGMENT_BYTES = 64L << 20;
    private static final long LARGEST_SEGMENT_BYTES = 512L << 20;
    private static final long DEFAULT_BATCH_BYTES = 64L << 20;
    private static final int DEFAULT_BATCH_KEYS = 1 << 16;
    private static final long LARGEST_BATCH_BYTES = 1L << 30;
    private static final int LARGEST_BATCH_KEYS = 1 << 20;
    private static final Duration LONGEST_BATCH_TIME = Duration.ofHours(1);
    private static final Duration LONGEST_SPACE_WAIT = Duration.ofHours(1);

    private long maximumDiskBytes;
    private FlushPolicy flushPolicy = FlushPolicy.async(Duration.ofMillis(100));
    private @Nullable IfDamaged ifDamaged;
    private IfNewer ifNewer = IfNewer.FAIL;
    private Duration ifLocked = Duration.ZERO;
    private int maximumValueBytes = DEFAULT_VALUE_BYTES;
    private long maximumSegmentBytes = DEFAULT_SEGMENT_BYTES;
    private long maximumBatchBytes = DEFAULT_BATCH_BYTES;
    private int maximumBatchKeys = DEFAULT_BATCH_KEYS;
    private Duration maximumBatchTime = Duration.ofMinutes(1);
    private ArchivePolicy archive = ArchivePolicy.NONE;
    private Duration maximumSpaceWait = Duration.ofSeconds(10);
    private TimeSource time = SystemTime.INSTANCE;

    private Builder() {}

    /**
     * Sets the bytes that all files of the store may take. Default 10 GiB, or half the free space
     * if that is less.
     *
     * @throws IllegalArgumentException if below 16 MiB
     */
    @CanIgnoreReturnValue
    public Builder maximumDiskBytes(long bytes) {
      check("maximumDiskBytes", bytes, SMALLEST_DISK_BYTES, Long.MAX_VALUE);
      maximumDiskBytes = bytes;
      return this;
    }

    /** Sets when operations are forced. Default {@code async(100 ms)}. */
    @CanIgnoreReturnValue
    public Builder flushPolicy(FlushPolicy policy) {
      flushPolicy = policy;
      return this;
    }

    /**
     * Sets what to do where removals may have been lost. By default records are kept, except in the
     * tables that damage of the log may have touched: those start empty.
     */
    @CanIgnoreReturnValue
    public Builder ifDamaged(IfDamaged what) {
      ifDamaged = what;
      return this;
    }

    /** Sets what to do with a store of a newer version. Default {@link IfNewer#FAIL}. */
    @CanIgnoreReturnValue
    public Builder ifNewer(IfNewer what) {
      ifNewer = what;
      return this;
    }

    /**
     * Sets how long opening waits for another holder of the store. Default zero.
     *
     * @throws IllegalArgumentException if negative
     */
    @CanIgnoreReturnValue
    public Builder ifLocked(Duration wait) {
      if (wait.isNegative()) {
        throw new IllegalArgumentException("ifLocked " + wait + ", allowed from zero");
      }
      ifLocked = wait;
      return this;
    }

    /**
     * Sets the largest value, in bytes. Default 16 MiB.
     *
     * @throws IllegalArgumentException unless from 1 to 256 MiB
     */
    @CanIgnoreReturnValue
    public Builder maximumValueBytes(int bytes) {
      check("maximumValueBytes", bytes, 1, LARGEST_VALUE_BYTES);
      maximumValueBytes = bytes;
      return this;
    }

    /**
     * Sets the largest data file that is not made for one record, in bytes. Default 64 MiB.
     *
     * @throws IllegalArgumentException unless a power of two from 1 MiB to 512 MiB
     */
    @CanIgnoreReturnValue
    public Builder maximumSegmentBytes(long bytes) {
      check("maximumSegmentBytes", bytes, 1 << 20, LARGEST_SEGMENT_BYTES);
      if (Long.bitCount(bytes) != 1) {
        throw new IllegalArgumentException(
            "maximumSegmentBytes " + bytes + ", allowed powers of two");
      }
      maximumSegmentBytes = bytes;
      return this;
    }

    /**
     * Sets how much one batch may hold, keys and values together and 64 bytes for each, in bytes.
     * Default 64 MiB. A sixteenth of the disk limit is the most in any case.
     *
     * @throws IllegalArgumentException unless from 1 to 1 GiB
     */
    @CanIgnoreReturnValue
    public Builder maximumBatchBytes(long bytes) {
      check("maximumBatchBytes", bytes, 1, LARGEST_BATCH_BYTES);
      maximumBatchBytes = bytes;
      return this;
    }

    /**
     * Sets how many keys one batch may have. Default 65,536. Writers of other keys may have to wait
     * for the moment in which a batch is made visible, about 0.2 µs for each of its keys.
     *
     * @throws IllegalArgumentException unless from 1 to 1,048,576
     */
    @CanIgnoreReturnValue
    public Builder maximumBatchKeys(int keys) {
      check("maximumBatchKeys", keys, 1, LARGEST_BATCH_KEYS);
      maximumBatchKeys = keys;
      return this;
    }

    /**
     * Sets how long a batch may take from its first call to its commit. Default one minute. The log
     * is kept for it so long.
     *
     * @throws IllegalArgumentException unless above zero and at most an hour
     */
    @CanIgnoreReturnValue
    public Builder maximumBatchTime(Duration time) {
      if (time.isNegative() || time.isZero() || time.compareTo(LONGEST_BATCH_TIME) > 0) {
        throw new IllegalArgumentException(
            "maximumBatchTime " + time + ", allowed above zero to " + LONGEST_BATCH_TIME);
      }
      maximumBatchTime = time;
      return this;
    }

    /** Sets which log segments are kept when no recovery needs them any more. Default: none. */
    @CanIgnoreReturnValue
    public Builder archive(ArchivePolicy policy) {
      archive = policy;
      return this;
    }

    /**
     * Sets how long a put on a full store waits, while something makes room in it, before it is
     * refused. Default 10 seconds; zero refuses at once.
     *
     * @throws IllegalArgumentException unless from zero to an hour
     */
    @CanIgnoreReturnValue
    public Builder maximumSpaceWait(Duration wait) {
      if (wait.isNegative() || wait.compareTo(LONGEST_SPACE_WAIT) > 0) {
        throw new IllegalArgumentException(
            "maximumSpaceWait " + wait + ", allowed from zero to " + LONGEST_SPACE_WAIT);
      }
      maximumSpaceWait = wait;
      return this;
    }

    /** Sets where time comes from. Default the system's clocks. */
    @CanIgnoreReturnValue
    public Builder time(TimeSource source) {
      time = source;
      return this;
    }

    /** Freezes the settings. */
    public StoreOptions build() {
      return new StoreOptions(this);
    }

    private static void check(String name, long value, long lowest, long highest) {
      if (value < lowest || value > highest) {
        throw new IllegalArgumentException(
            name + " " + value + ", allowed " + lowest + " to " + highest);
      }
    }
  }
}
