// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.firn.cold.ColdStore;
import io.firn.cold.StoreOptions;
import io.firn.cold.agent.SystemTime;
import io.firn.cold.model.TimeSource;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;

/**
 * The options of a store. Only the directory is required; each option checks its argument at the
 * call and may be given once. Not thread-safe; the store is.
 */
public final class FirnBuilder {
  static final long MINIMUM_DISK_BYTES = 16L << 20;
  static final long MAXIMUM_DISK_BYTES = 1L << 52;
  static final int DEFAULT_VALUE_BYTES = 16 << 20;
  static final int MAXIMUM_VALUE_BYTES = 256 << 20;
  static final Duration MAXIMUM_LOCK_WAIT = Duration.ofHours(24);
  static final long MAXIMUM_BATCH_BYTES = 1L << 30;
  static final int MAXIMUM_BATCH_KEYS = 1 << 20;
  static final Duration MAXIMUM_BATCH_TIME = Duration.ofHours(1);

  private final Path directory;
  private final Setting<Long> maximumDiskBytes = new Setting<>("maximumDiskBytes");
  private final Setting<Durability> durability = new Setting<>("durability");
  private final Setting<IfDamaged> ifDamaged = new Setting<>("ifDamaged");
  private final Setting<IfNewer> ifNewer = new Setting<>("ifNewer");
  private final Setting<Duration> ifLocked = new Setting<>("ifLocked");
  private final Setting<Long> maximumValueBytes = new Setting<>("maximumValueBytes");
  private final Setting<Long> maximumBatchBytes = new Setting<>("maximumBatchBytes");
  private final Setting<Integer> maximumBatchKeys = new Setting<>("maximumBatchKeys");
  private final Setting<Duration> maximumBatchTime = new Setting<>("maximumBatchTime");
  private final Setting<TimeSource> clock = new Setting<>("clock");
  private final Setting<Executor> executor = new Setting<>("executor");

  FirnBuilder(Path directory) {
    this.directory = requireNonNull(directory, "directory");
  }

  /**
   * Sets the disk space that the store may use, in bytes: all caches, the log and everything else
   * in its directory. A store that holds more evicts its oldest entries after it was opened.
   * Default: 10 GiB, or half of the space that is free or the store's own if that is less.
   *
   * @param bytes 16 MiB to 4 PiB
   * @throws IllegalArgumentException if {@code bytes} is outside this range
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public FirnBuilder maximumDiskBytes(long bytes) {
    Setting.requireRange("maximumDiskBytes", bytes, MINIMUM_DISK_BYTES, MAXIMUM_DISK_BYTES);
    maximumDiskBytes.set(bytes);
    return this;
  }

  /**
   * Sets when an acknowledged write survives a power failure. Default: {@link Durability#async}
   * with 100 ms.
   *
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public FirnBuilder durability(Durability mode) {
    durability.set(mode);
    return this;
  }

  /**
   * Sets what opening does when files are damaged. Default: what verifies is kept, and a cache
   * starts empty where removals may have been lost.
   *
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public FirnBuilder ifDamaged(IfDamaged choice) {
    ifDamaged.set(choice);
    return this;
  }

  /**
   * Sets what opening does when a newer version of Firn wrote the store. Default: {@link
   * IfNewer#FAIL}.
   *
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public FirnBuilder ifNewer(IfNewer choice) {
    ifNewer.set(choice);
    return this;
  }

  /**
   * Sets how long opening waits while another process holds the store, as in a rolling restart.
   * Default: it does not wait.
   *
   * @param wait 0 to 24 h
   * @throws IllegalArgumentException if {@code wait} is outside this range
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public FirnBuilder ifLocked(Duration wait) {
    requireNonNull(wait, "wait");
    Setting.requireRange("ifLocked", wait, Duration.ZERO, MAXIMUM_LOCK_WAIT);
    ifLocked.set(wait);
    return this;
  }

  /**
   * Sets the largest encoded value of any cache, in bytes. Default 16 MiB.
   *
   * @param bytes 1 to 256 MiB
   * @throws IllegalArgumentException if {@code bytes} is outside this range
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public FirnBuilder maximumValueBytes(long bytes) {
    Setting.requireRange("maximumValueBytes", bytes, 1, MAXIMUM_VALUE_BYTES);
    maximumValueBytes.set(bytes);
    return this;
  }

  /**
   * Sets how much one {@link TieredCache#putAll} may hold: encoded keys and values, and 64 bytes
   * for each entry, in bytes. They stand on the heap meanwhile. Default 64 MiB; a sixteenth of
   * {@link #maximumDiskBytes} is the most in any case.
   *
   * @param bytes 1 B to 1 GiB
   * @throws IllegalArgumentException if {@code bytes} is outside this range
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public FirnBuilder maximumBatchBytes(long bytes) {
    Setting.requireRange("maximumBatchBytes", bytes, 1, MAXIMUM_BATCH_BYTES);
    maximumBatchBytes.set(bytes);
    return this;
  }

  /**
   * Sets how many entries one {@link TieredCache#putAll} may hold, and how many keys are removed
   * together. Writers of other keys may wait while a batch becomes visible, about 0.2 µs for each
   * of its keys. Default 65,536.
   *
   * @param keys 1 to 1,048,576
   * @throws IllegalArgumentException if {@code keys} is outside this range
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public FirnBuilder maximumBatchKeys(int keys) {
    Setting.requireRange("maximumBatchKeys", keys, 1, MAXIMUM_BATCH_KEYS);
    maximumBatchKeys.set(keys);
    return this;
  }

  /**
   * Sets how long one {@link TieredCache#putAll} may take, codecs included; the log cannot become
   * shorter meanwhile. Default one minute.
   *
   * @param time 1 ms to 1 h
   * @throws IllegalArgumentException if {@code time} is outside this range
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public FirnBuilder maximumBatchTime(Duration time) {
    requireNonNull(time, "time");
    Setting.requireRange("maximumBatchTime", time, Duration.ofMillis(1), MAXIMUM_BATCH_TIME);
    maximumBatchTime.set(time);
    return this;
  }

  /**
   * Sets the clock that decides when entries expire; intervals are still measured by the machine's
   * monotonic clock. Default: the machine's clock.
   *
   * @throws IllegalStateException if a clock was already set
   */
  @CanIgnoreReturnValue
  public FirnBuilder clock(Clock wallClock) {
    requireNonNull(wallClock, "clock");
    return clock(SteadyTime.of(wallClock, SystemTime.INSTANCE));
  }

  /**
   * Sets where wall time and monotonic time come from. Default: the machine's clocks.
   *
   * @throws IllegalStateException if a clock was already set
   */
  @CanIgnoreReturnValue
  public FirnBuilder clock(TimeSource time) {
    clock.set(time);
    return this;
  }

  /**
   * Sets who does the maintenance of the caches' hot tiers and runs the asynchronous forms of their
   * operations. Default: the common pool.
   *
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public FirnBuilder executor(Executor executor) {
    this.executor.set(executor);
    return this;
  }

  /**
   * Opens the store, creating its directory if there is none, and recovers what an earlier process
   * left.
   *
   * @throws io.firn.cold.model.StoreLockedException if another process, or another store of this
   *     one, holds the directory; the message says which
   * @throws io.firn.cold.model.CorruptStoreException if files are damaged and {@link
   *     IfDamaged#FAIL} was chosen
   * @throws io.firn.cold.model.UnsupportedVersionException if a newer version wrote the store and
   *     {@link IfNewer#FAIL} holds
   * @throws io.firn.cold.model.StoreIoException if the directory cannot be read or written, or is
   *     no directory
   */
  public Firn open() {
    TimeSource time = new SteadyTime(clock.orElse(SystemTime.INSTANCE));
    Durability mode = durability.orElse(Durability.DEFAULT);
    int valueBytes = Math.toIntExact(maximumValueBytes.orElse((long) DEFAULT_VALUE_BYTES));
    ColdStore store = ColdStore.open(directory, storeOptions(time, mode, valueBytes));
    return new Firn(
        directory,
        store,
        time,
        executor.orElse(ForkJoinPool.commonPool()),
        mode.isSync(),
        valueBytes,
        maximumDiskBytes.orElse(Long.MAX_VALUE));
  }

  private StoreOptions storeOptions(TimeSource time, Durability mode, int valueBytes) {
    StoreOptions.Builder options =
        StoreOptions.builder()
            .flushPolicy(mode.policy())
            .ifLocked(ifLocked.orElse(Duration.ZERO))
            .maximumValueBytes(valueBytes)
            .time(time)
            .ifNewer(translate(ifNewer.orElse(IfNewer.FAIL)));
    Long diskBytes = maximumDiskBytes.orNull();
    if (diskBytes != null) {
      options.maximumDiskBytes(diskBytes);
    }
    Long batchBytes = maximumBatchBytes.orNull();
    if (batchBytes != null) {
      options.maximumBatchBytes(batchBytes);
    }
    Integer batchKeys = maximumBatchKeys.orNull();
    if (batchKeys != null) {
      options.maximumBatchKeys(batchKeys);
    }
    Duration batchTime = maximumBatchTime.orNull();
    if (batchTime != null) {
      options.maximumBatchTime(batchTime);
    }
    IfDamaged damaged = ifDamaged.orNull();
    if (damaged != null) {
      options.ifDamaged(translate(damaged));
    }
    return options.build();
  }

  private static io.firn.cold.IfDamaged translate(IfDamaged choice) {
    return switch (choice) {
      case SALVAGE -> io.firn.cold.IfDamaged.SALVAGE;
      case START_EMPTY -> io.firn.cold.IfDamaged.START_EMPTY;
      case FAIL -> io.firn.cold.IfDamaged.FAIL;
    };
  }

  private static io.firn.cold.IfNewer translate(IfNewer choice) {
    return switch (choice) {
      case FAIL -> io.firn.cold.IfNewer.FAIL;
      case START_EMPTY -> io.firn.cold.IfNewer.START_EMPTY;
    };
  }
}
