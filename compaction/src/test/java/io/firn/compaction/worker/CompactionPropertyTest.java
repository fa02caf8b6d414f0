// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.testkit.ManualTime;
import io.firn.cold.testkit.SimDisk;
import io.firn.compaction.CompactionOptions;
import io.firn.compaction.CompactionResult;
import io.firn.compaction.ExpiryResult;
import io.firn.compaction.SegmentInfo;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What compaction promises, whatever was put, removed and left to expire before it. */
final class CompactionPropertyTest {
  private static final int SEEDS = 200;
  private static final int KEYS = 80;
  private static final int OPERATIONS = 250;
  private static final int LARGEST_VALUE = 3_000;
  private static final long MAXIMUM_BYTES = 64L << 20;
  private static final long STEP_NANOS = 20_000_000;
  private static final int MINUTE_IN_STEPS = 3_000;

  /** Everything that is not full is taken, whatever it saves. */
  private static final CompactionOptions EAGER =
      CompactionOptions.builder().minSpaceSaving(0).build();

  @Test
  void recordOrder_isPreserved() throws Exception {
    SimDisk disk = new SimDisk(1);
    try (SteppedStore store = SteppedStore.open(disk, MAXIMUM_BYTES, new ManualTime())) {
      store.compaction().pause();
      byte[] first = "1".getBytes(UTF_8);
      byte[] second = "2".getBytes(UTF_8);
      byte[] third = "3".getBytes(UTF_8);
      store.put(first, "First".getBytes(UTF_8), SteppedStore.NEVER);
      store.put(second, "Second".getBytes(UTF_8), SteppedStore.NEVER);
      store.put(third, "Third".getBytes(UTF_8), SteppedStore.NEVER);
      assertThat(store.remove(first)).isTrue();
      store.seal();
      CompactionResult result = await(store, compact(store));
      assertThat(result.files()).isEqualTo(1);
      assertThat(store.get(first)).isNull();
      assertThat(store.get(second)).isEqualTo("Second".getBytes(UTF_8));
      assertThat(store.get(third)).isEqualTo("Third".getBytes(UTF_8));
      SegmentInfo file = store.compaction().segments(SteppedStore.TABLE).get(0);
      String content = new String(disk.content(file.path()), UTF_8);
      assertThat(content).doesNotContain("First").containsSubsequence("Second", "Third");
    }
  }

  @Test
  void aJobThatFreesNothing_saysZero() throws Exception {
    SimDisk disk = new SimDisk(1);
    try (SteppedStore store = SteppedStore.open(disk, MAXIMUM_BYTES, new ManualTime())) {
      store.compaction().pause();
      assertThat(await(store, compact(store))).isEqualTo(CompactionResult.empty());
      for (int i = 0; store.compaction().segments(SteppedStore.TABLE).size() < 3; i++) {
        store.put(i, 0, SteppedStore.NEVER);
      }
      store.seal();
      Map<String, Long> before = disk.sizes();
      CompactionResult result =
          await(
              store, store.compaction().compact(SteppedStore.TABLE, CompactionOptions.defaults()));
      assertThat(result.reclaimedBytes()).isEqualTo(dataBytes(before) - dataBytes(disk.sizes()));
      CompactionResult again =
          await(
              store, store.compaction().compact(SteppedStore.TABLE, CompactionOptions.defaults()));
      assertThat(again.files()).isZero();
      assertThat(again.reclaimedBytes()).isZero();
      ExpiryResult nothing = await(store, store.compaction().purgeExpired(SteppedStore.TABLE));
      assertThat(nothing.removed()).isZero();
      assertThat(nothing.bytesReclaimed()).isZero();
    }
  }

  @Test
  void anIdleStore_comesToRest() {
    try (SteppedStore store = SteppedStore.open(new SimDisk(1), MAXIMUM_BYTES, new ManualTime())) {
      for (int round = 0; round < 3; round++) {
        int before = store.compaction().history().size();
        store.put(1, round, SteppedStore.NEVER);
        for (int i = 0; i < MINUTE_IN_STEPS; i++) {
          store.time().advance(STEP_NANOS);
          int unused = store.step();
        }
        assertThat(store.compaction().history()).hasSizeLessThanOrEqualTo(before + 2);
        assertThat(store.get(SteppedStore.key(1))).isEqualTo(SteppedStore.value(1, round));
      }
    }
  }

  @Test
  void nothingIsLost_spaceIsReclaimed_andAddressesAreValid() {
    int[] jobs = new int[2];
    for (int seed = 0; seed < SEEDS; seed++) {
      try (Run run = new Run(seed)) {
        run.operate();
        run.emptyAllButSome();
        jobs[0] += run.files;
        jobs[1] += run.expired;
      } catch (Exception | AssertionError e) {
        throw new AssertionError("seed " + seed + ": " + e, e);
      }
    }
    assertThat(jobs[0]).as("files that are gone").isGreaterThan(SEEDS);
    assertThat(jobs[1]).as("entries purged").isGreaterThan(SEEDS);
  }

  private static CompletableFuture<CompactionResult> compact(SteppedStore store) {
    return store.compaction().compact(SteppedStore.TABLE, EAGER);
  }

  private static <T> T await(SteppedStore store, CompletableFuture<T> future) throws Exception {
    return store.await(future).get(0, TimeUnit.SECONDS);
  }

  private static long dataBytes(Map<String, Long> sizes) {
    return sizes.entrySet().stream()
        .filter(file -> file.getKey().startsWith("data/"))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  /** One seed. */
  private static final class Run implements AutoCloseable {
    private final SplittableRandom random;
    private final ManualTime time = new ManualTime();
    private final SimDisk disk;
    private final SteppedStore store;
    private final Map<Integer, byte[]> values = new HashMap<>();
    private final Map<Integer, Long> expiries = new HashMap<>();
    private int files;
    private int expired;

    Run(long seed) {
      random = new SplittableRandom(seed);
      disk = new SimDisk(seed);
      store = SteppedStore.open(disk, MAXIMUM_BYTES, time);
      store.compaction().pause();
    }

    void operate() throws Exception {
      for (int i = 0; i < OPERATIONS; i++) {
        int key = random.nextInt(KEYS);
        switch (random.nextInt(50)) {
          case 0 -> compactNow();
          case 1 -> purgeNow();
          case 2, 3 -> time.advance(random.nextLong(20 * Jobs.SECOND));
          case 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 -> remove(key);
          default -> put(key);
        }
      }
    }

    private void put(int key) {
      byte[] value = new byte[random.nextInt(LARGEST_VALUE)];
      random.nextBytes(value);
      long expiresAt =
          random.nextInt(3) == 0
              ? store.space().wallMillis() + 1 + random.nextInt(60_000)
              : SteppedStore.NEVER;
      store.put(SteppedStore.key(key), value, expiresAt);
      values.put(key, value);
      expiries.put(key, expiresAt);
    }

    private void remove(int key) {
      boolean was = values.containsKey(key);
      boolean removed = store.remove(SteppedStore.key(key));
      assertThat(removed && !was).isFalse();
      byte[] unused = values.remove(key);
    }

    private void compactNow() throws Exception {
      if (random.nextBoolean()) {
        store.seal();
      }
      store.settle();
      long before = dataBytes(disk.sizes());
      CompactionResult result = await(store, compact(store));
      assertThat(result.reclaimedBytes())
          .as("%s", result)
          .isEqualTo(before - dataBytes(disk.sizes()));
      files += result.files();
      check();
    }

    private void purgeNow() throws Exception {
      store.settle();
      long before = dataBytes(disk.sizes());
      long entries = store.table().size();
      ExpiryResult result = await(store, store.compaction().purgeExpired(SteppedStore.TABLE));
      assertThat(result.bytesReclaimed()).isEqualTo(before - dataBytes(disk.sizes()));
      assertThat(result.removed()).isEqualTo(entries - store.table().size());
      expired += (int) result.removed();
      check();
    }

    private void check() {
      for (int key = 0; key < KEYS; key++) {
        assertThat(store.get(SteppedStore.key(key))).as("key %d", key).isEqualTo(expected(key));
      }
      assertThat(store.verify().findings()).isEmpty();
    }

    private byte @Nullable [] expected(int key) {
      boolean lives = expiries.getOrDefault(key, 0L) > store.space().wallMillis();
      return lives ? values.get(key) : null;
    }

    /** Where little lives, little is left of the files. */
    void emptyAllButSome() throws Exception {
      for (int key = 0; key < KEYS; key++) {
        if (key % 10 != 0) {
          remove(key);
        }
      }
      store.seal();
      compactNow();
      store.settle();
      assertThat(dataBytes(disk.sizes())).isLessThanOrEqualTo(2L * SteppedStore.SEGMENT_BYTES);
    }

    @Override
    public void close() {
      store.close();
    }
  }
}
