// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static java.util.Objects.requireNonNull;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.firn.cache.codec.Codec;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The options of one cache. None is required; each checks its argument at the call and may be given
 * once. Not thread-safe; the cache is.
 *
 * @param <K> the type of the keys
 * @param <V> the type of the values
 */
public final class TieredCacheBuilder<K, V> {
  static final long DEFAULT_HOT_ENTRIES = 10_000;
  static final long MAXIMUM_HOT_ENTRIES = 1L << 40;
  static final long MAXIMUM_HOT_WEIGHT = 1L << 60;
  static final Duration DEFAULT_WRITE_BACK_DELAY = Duration.ofSeconds(1);
  static final Duration MAXIMUM_WRITE_BACK_DELAY = Duration.ofHours(1);
  static final long DEFAULT_DIRTY_ENTRIES = 10_000;
  static final long MAXIMUM_DIRTY_ENTRIES = 1L << 30;
  static final Promotion DEFAULT_PROMOTION = Promotion.ALWAYS;
  static final long PLACES_BY_WEIGHT = 1 << 16;
  static final long MINIMUM_COLD_BYTES = 16L << 20;
  static final long MAXIMUM_COLD_BYTES = 1L << 50;

  private final Firn firn;
  private final String name;
  private final Codec<K> keys;
  private final Codec<V> values;
  private final Setting<Long> maximumHotEntries = new Setting<>("maximumHotEntries");
  private final Setting<Long> maximumHotWeight = new Setting<>("maximumHotWeight");
  private final Setting<Long> maximumColdBytes = new Setting<>("maximumColdBytes");
  private final Setting<Long> maximumValueBytes = new Setting<>("maximumValueBytes");
  private final Setting<Duration> expireAfterWrite = new Setting<>("expireAfterWrite");
  private final Setting<WritePolicy> writePolicy = new Setting<>("writePolicy");
  private final Setting<Duration> writeBackDelay = new Setting<>("writeBackDelay");
  private final Setting<Long> maximumDirtyEntries = new Setting<>("maximumDirtyEntries");
  private final Setting<Duration> expireAfterAccess = new Setting<>("expireAfterAccess");
  private final Setting<Expiry<? super K, ? super V>> expireAfter = new Setting<>("expireAfter");
  private final Setting<Duration> refreshAfterWrite = new Setting<>("refreshAfterWrite");
  private final Setting<Promotion> promotion = new Setting<>("promotion");
  private final Setting<Executor> executor = new Setting<>("executor");
  private Weigher<? super K, ? super V> weigher = (key, value) -> 1;

  TieredCacheBuilder(Firn firn, String name, Codec<K> keys, Codec<V> values) {
    this.firn = firn;
    this.name = name;
    this.keys = keys;
    this.values = values;
  }

  /**
   * Sets how many entries are kept on the heap; 0 keeps none, so that every read goes to the cold
   * tier. Default 10,000.
   *
   * @param entries 0 to 2^40
   * @throws IllegalArgumentException if {@code entries} is outside this range
   * @throws IllegalStateException if it was already set, or {@link #maximumHotWeight} was
   */
  @CanIgnoreReturnValue
  public TieredCacheBuilder<K, V> maximumHotEntries(long entries) {
    Setting.requireRange("maximumHotEntries", entries, 0, MAXIMUM_HOT_ENTRIES);
    maximumHotEntries.refuseBeside(maximumHotWeight);
    maximumHotEntries.set(entries);
    return this;
  }

  /**
   * Sets how much the entries on the heap may weigh together, instead of their number. An entry
   * above the maximum is on disk only.
   *
   * @param weight 1 to 2^60, in the weigher's unit
   * @param weigher says what an entry weighs
   * @throws IllegalArgumentException if {@code weight} is outside this range
   * @throws IllegalStateException if it was already set, or {@link #maximumHotEntries} was
   */
  @CanIgnoreReturnValue
  public TieredCacheBuilder<K, V> maximumHotWeight(
      long weight, Weigher<? super K, ? super V> weigher) {
    Setting.requireRange("maximumHotWeight", weight, 1, MAXIMUM_HOT_WEIGHT);
    requireNonNull(weigher, "weigher");
    maximumHotWeight.refuseBeside(maximumHotEntries);
    maximumHotWeight.set(weight);
    this.weigher = weigher;
    return this;
  }

  /**
   * Bounds the bytes that the cache's data files take on disk, garbage included. At the limit the
   * cache's oldest entries are evicted; so are they after an opening with a lower limit than
   * before. The limit of the store holds besides. Default: none but that.
   *
   * @param bytes 16 MiB to 2^50, and no more than the {@link FirnBuilder#maximumDiskBytes} that the
   *     store was given
   * @throws IllegalArgumentException if {@code bytes} is outside this range
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public TieredCacheBuilder<K, V> maximumColdBytes(long bytes) {
    Setting.requireRange("maximumColdBytes", bytes, MINIMUM_COLD_BYTES, MAXIMUM_COLD_BYTES);
    if (bytes > firn.givenDiskBytes()) {
      throw new IllegalArgumentException(
          "maximumColdBytes is "
              + bytes
              + ", must be at most the store's maximumDiskBytes, which is "
              + firn.givenDiskBytes());
    }
    maximumColdBytes.set(bytes);
    return this;
  }

  /**
   * Sets the largest encoded value. Default: what the store allows, 16 MiB if it was not told
   * otherwise.
   *
   * @param bytes 1 to the store's maximum
   * @throws IllegalArgumentException if {@code bytes} is outside this range
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public TieredCacheBuilder<K, V> maximumValueBytes(long bytes) {
    Setting.requireRange("maximumValueBytes", bytes, 1, firn.maximumValueBytes());
    maximumValueBytes.set(bytes);
    return this;
  }

  /**
   * Sets how long an entry is served after it was written, where the write does not say. Default:
   * for ever.
   *
   * @param duration more than 0, rounded up to a millisecond; above 10,000 days it means for ever
   * @throws IllegalArgumentException if {@code duration} is zero or negative
   * @throws IllegalStateException if it was already set, or {@link #expireAfter} was
   */
  @CanIgnoreReturnValue
  public TieredCacheBuilder<K, V> expireAfterWrite(Duration duration) {
    long unused = Lifetime.millis("expireAfterWrite", duration);
    expireAfterWrite.refuseBeside(expireAfter);
    expireAfterWrite.set(duration);
    return this;
  }

  /**
   * Sets when what is put is written to disk. Default: {@link WritePolicy#WRITE_THROUGH}. A cache
   * that writes back has a hot tier.
   *
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public TieredCacheBuilder<K, V> writePolicy(WritePolicy policy) {
    writePolicy.set(policy);
    return this;
  }

  /**
   * Sets how long an entry is served after its last access, where its write does not say how long
   * it lives: a write, or a read by any method of {@link TieredCache} but {@code asMap}, of which
   * only {@code get} and {@code computeIfAbsent} count. Beside {@link #expireAfterWrite} the
   * earlier of the two holds. Default: for ever.
   *
   * <p>A read after which less than 7/8 of the duration would be left writes the entry again, on
   * the cache's {@link #executor}. So an entry is served for at least 7/8 of the duration after its
   * last access, and never for longer than the duration. It can expire earlier after a crash, if
   * the disk has no room to write it again, if the executor comes to it too late, and if 65,536
   * others wait for that.
   *
   * <p>What was written while the cache was open without this option keeps the expiry that it got.
   *
   * @param duration more than 0, rounded up to a millisecond; above 10,000 days it means for ever
   * @throws IllegalArgumentException if {@code duration} is zero or negative
   * @throws IllegalStateException if it was already set, or {@link #expireAfter} was
   */
  @CanIgnoreReturnValue
  public TieredCacheBuilder<K, V> expireAfterAccess(Duration duration) {
    long unused = Lifetime.millis("expireAfterAccess", duration);
    expireAfterAccess.refuseBeside(expireAfter);
    expireAfterAccess.set(duration);
    return this;
  }

  /**
   * Sets how long a value of a {@link WritePolicy#WRITE_BACK} cache waits to be written to disk, at
   * most, while the disk takes it. Default 1 s.
   *
   * @param delay 1 ms to 1 h
   * @throws IllegalArgumentException if {@code delay} is outside this range
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public TieredCacheBuilder<K, V> writeBackDelay(Duration delay) {
    requireNonNull(delay, "delay");
    Setting.requireRange("writeBackDelay", delay, Duration.ofMillis(1), MAXIMUM_WRITE_BACK_DELAY);
    writeBackDelay.set(delay);
    return this;
  }

  /**
   * Sets who says, entry by entry, how long it is served after a write that does not say it itself:
   * a put, a load, or a write by {@link TieredCache#asMap}. Default: nobody, see {@link
   * #expireAfterWrite}.
   *
   * @throws IllegalStateException if it was already set, or {@link #expireAfterWrite} or {@link
   *     #expireAfterAccess} was
   */
  @CanIgnoreReturnValue
  public TieredCacheBuilder<K, V> expireAfter(Expiry<? super K, ? super V> expiry) {
    requireNonNull(expiry, "expiry");
    expireAfter.refuseBeside(expireAfterWrite);
    expireAfter.refuseBeside(expireAfterAccess);
    expireAfter.set(expiry);
    return this;
  }

  /**
   * Sets how many values of a {@link WritePolicy#WRITE_BACK} cache wait to be written to disk, at
   * most; they may be on the heap beside the hot entries. Beyond it puts write to disk themselves.
   * Default 10,000.
   *
   * @param entries 1 to 2^30
   * @throws IllegalArgumentException if {@code entries} is outside this range
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public TieredCacheBuilder<K, V> maximumDirtyEntries(long entries) {
    Setting.requireRange("maximumDirtyEntries", entries, 1, MAXIMUM_DIRTY_ENTRIES);
    maximumDirtyEntries.set(entries);
    return this;
  }

  /**
   * Sets how old an entry may become before it is loaded anew in the background. A {@link
   * TieredCache#get}, {@code getAsync}, {@code getAll} or {@code getAllAsync} of an entry that was
   * written longer ago returns its value at once and starts one reload of the key, with the loader
   * of that call, on the cache's {@link #executor}; {@code getAll} gives its loader one key at a
   * time then. The reload's value is stored as a loaded one is, and lives as long as the cache's
   * options say; null removes the entry; if the loader throws, the value stays, and the next such
   * read tries again. Nothing happens if the key was written or removed meanwhile. Reads without a
   * loader start nothing. Default: never.
   *
   * <p>The time of a write is kept on disk in whole seconds: after that an entry may be up to a
   * second younger than this when it is loaded anew. A key is reloaded once at a time, and no more
   * than 65,536 keys are.
   *
   * @param duration more than 0, rounded up to a millisecond; above 10,000 days it means never
   * @throws IllegalArgumentException if {@code duration} is zero or negative
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public TieredCacheBuilder<K, V> refreshAfterWrite(Duration duration) {
    long unused = Lifetime.millis("refreshAfterWrite", duration);
    refreshAfterWrite.set(duration);
    return this;
  }

  /**
   * Sets when a value that was read on disk is kept on the heap. Default: {@link Promotion#ALWAYS}.
   *
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public TieredCacheBuilder<K, V> promotion(Promotion promotion) {
    this.promotion.set(promotion);
    return this;
  }

  /**
   * Sets who does the hot tier's maintenance, such as choosing what to evict, and who runs the
   * asynchronous forms of operations, reloads, and what reads have to write, which may wait for the
   * disk and for loaders. Default: the executor of the store.
   *
   * @throws IllegalStateException if it was already set
   */
  @CanIgnoreReturnValue
  public TieredCacheBuilder<K, V> executor(Executor executor) {
    this.executor.set(executor);
    return this;
  }

  /**
   * Opens the cache; it has what it had when it was closed, or when the process was killed.
   *
   * @throws io.firn.cold.model.CodecMismatchException if its keys or values are stored in another
   *     {@linkplain Codec#format format} than that of the codec; nothing was changed
   * @throws io.firn.cold.model.UnsupportedVersionException if a newer version created the cache
   * @throws io.firn.cold.model.DiskFullException if it is new and there is no room for it
   * @throws IllegalArgumentException if the format of a codec has too long a name
   * @throws IllegalStateException if a cache of this name is already open, or options contradict
   *     each other
   * @throws io.firn.cold.model.StoreClosedException if the store is closed
   */
  public TieredCache<K, V> open() {
    if (isWriteBack() && !maximumHotWeight.isSet() && hotEntries() == 0) {
      throw new IllegalStateException(
          "cache '" + name + "' has maximumHotEntries 0, must have a hot tier to write back");
    }
    if (!isWriteBack()) {
      requireWriteBackFor(writeBackDelay);
      requireWriteBackFor(maximumDirtyEntries);
    }
    return firn.open(this);
  }

  private void requireWriteBackFor(Setting<?> setting) {
    if (setting.isSet()) {
      throw new IllegalStateException(
          setting.name() + " is set, needs writePolicy " + WritePolicy.WRITE_BACK);
    }
  }

  boolean isWriteBack() {
    return writePolicy.orElse(WritePolicy.WRITE_THROUGH) == WritePolicy.WRITE_BACK;
  }

  long writeBackDelayNanos() {
    return writeBackDelay.orElse(DEFAULT_WRITE_BACK_DELAY).toNanos();
  }

  long dirtyEntriesLimit() {
    return maximumDirtyEntries.orElse(DEFAULT_DIRTY_ENTRIES);
  }

  private long hotEntries() {
    return maximumHotEntries.orElse(DEFAULT_HOT_ENTRIES);
  }

  String name() {
    return name;
  }

  Codec<K> keys() {
    return keys;
  }

  Codec<V> values() {
    return values;
  }

  Weigher<? super K, ? super V> weigher() {
    return weigher;
  }

  /** Returns the limit of the data files; 0 for none. */
  long coldBytesLimit() {
    return maximumColdBytes.orElse(0L);
  }

  int valueBytesLimit() {
    return Math.toIntExact(maximumValueBytes.orElse((long) firn.maximumValueBytes()));
  }

  long lifetimeMillis() {
    Duration duration = expireAfterWrite.orNull();
    return duration == null ? Lifetime.NEVER : Lifetime.millis("expireAfterWrite", duration);
  }

  @Nullable Expiry<? super K, ? super V> expiry() {
    return expireAfter.orNull();
  }

  long accessMillis() {
    Duration duration = expireAfterAccess.orNull();
    return duration == null ? Lifetime.NEVER : Lifetime.millis("expireAfterAccess", duration);
  }

  long refreshMillis() {
    Duration duration = refreshAfterWrite.orNull();
    return duration == null ? Lifetime.NEVER : Lifetime.millis("refreshAfterWrite", duration);
  }

  Promotion promotion() {
    return promotion.orElse(DEFAULT_PROMOTION);
  }

  /** Returns how many entries the hot tier may have; by weight that is not known. */
  long hotPlaces() {
    return maximumHotWeight.isSet()
        ? PLACES_BY_WEIGHT
        : maximumHotEntries.orElse(DEFAULT_HOT_ENTRIES);
  }

  Executor executor() {
    return executor.orElse(firn.executor());
  }

  HotTier<V> hotTier(Consumer<Object> onEviction) {
    boolean timely = expireAfterWrite.isSet() || expireAfterAccess.isSet() || expireAfter.isSet();
    Executor maintenance = executor();
    if (maximumHotWeight.isSet()) {
      return CaffeineHotTier.ofWeight(
          maximumHotWeight.orElse(0L), timely, firn.time(), maintenance, onEviction);
    }
    long entries = hotEntries();
    return entries == 0
        ? new NoHotTier<>()
        : CaffeineHotTier.ofEntries(entries, timely, firn.time(), maintenance, onEviction);
  }
}
