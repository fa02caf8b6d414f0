// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.ColdStore;
import io.firn.cold.ColdTable;
import io.firn.cold.StoreOptions;
import io.firn.cold.TableOptions;
import io.firn.compaction.worker.StoreCompaction;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Files are swapped under two writers and four readers at full speed. {@code -Dfirn.swap.seconds}
 * says for how long.
 */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@Tag("swap")
final class HotSwapTest {
  private static final int WRITERS = 2;
  private static final int READERS = 4;
  private static final int KEYS = 20_000;
  private static final int LONGEST_VALUE = 900;

  @TempDir Path directory;

  /** The version of each key that its writer has seen acknowledged. */
  private final AtomicLongArray acknowledged = new AtomicLongArray(KEYS);

  private final AtomicBoolean ended = new AtomicBoolean();

  @Test
  void noLiveKeyIsMissed_andNoValueIsWrong_whileFilesAreSwapped() throws Exception {
    long nanos = TimeUnit.SECONDS.toNanos(Long.getLong("firn.swap.seconds", 5));
    // So much that nothing is evicted for want of room while what was overwritten is not freed yet.
    StoreOptions options =
        StoreOptions.builder()
            .maximumDiskBytes(1L << 30)
            .maximumSpaceWait(Duration.ofMinutes(10))
            .build();
    ExecutorService threads = Executors.newFixedThreadPool(WRITERS + READERS);
    try (ColdStore store = ColdStore.open(directory, options);
        StoreCompaction compaction = StoreCompaction.start(store.space(), 4)) {
      ColdTable table = store.table("books", TableOptions.defaults());
      for (int key = 0; key < KEYS; key++) {
        write(table, key);
      }
      List<Future<Long>> work = new ArrayList<>();
      for (int i = 0; i < WRITERS + READERS; i++) {
        SplittableRandom random = new SplittableRandom(i);
        int writer = i;
        Callable<Long> task =
            i < WRITERS ? () -> writeOn(table, writer, random) : () -> readOn(table, random);
        work.add(threads.submit(task));
      }
      int files = 0;
      // Jobs find nothing while the thread that seals files is held up, so time is not enough.
      for (long start = System.nanoTime(); System.nanoTime() - start < nanos || files < 2; ) {
        files += compaction.compact("books", all()).get(120, TimeUnit.SECONDS).files();
      }
      ended.set(true);
      for (Future<Long> each : work) {
        assertThat(each.get(60, TimeUnit.SECONDS)).isPositive();
      }
      assertThat(files).isGreaterThan(1);
      assertThat(compaction.totals().failed()).isZero();
      for (int key = 0; key < KEYS; key++) {
        check(table, key, acknowledged.get(key));
      }
      assertThat(store.verify().findings()).isEmpty();
    } finally {
      ended.set(true);
      threads.shutdownNow();
    }
  }

  /** Every file that is not being filled, however little that saves. */
  private static CompactionOptions all() {
    return CompactionOptions.builder().minSpaceSaving(0).build();
  }

  private long writeOn(ColdTable table, int writer, SplittableRandom random) {
    long written = 0;
    do { // at least once, however late this thread begins
      int key = random.nextInt(KEYS / WRITERS) * WRITERS + writer;
      write(table, key);
      written++;
    } while (!ended.get());
    return written;
  }

  private void write(ColdTable table, int key) {
    long version = acknowledged.get(key) + 1;
    table.put(keyBytes(key), value(key, version), ColdTable.NEVER);
    acknowledged.set(key, version);
  }

  private long readOn(ColdTable table, SplittableRandom random) {
    long read = 0;
    do {
      int key = random.nextInt(KEYS);
      check(table, key, acknowledged.get(key));
      read++;
    } while (!ended.get());
    return read;
  }

  private static void check(ColdTable table, int key, long atLeast) {
    byte[] found = table.get(keyBytes(key));
    assertThat(found).as("key %d of version %d or later", key, atLeast).isNotNull();
    long version = ByteBuffer.wrap(found).getLong();
    if (version < atLeast || !Arrays.equals(found, value(key, version))) {
      throw new AssertionError("key " + key + " reads as version " + version + ", not " + atLeast);
    }
  }

  private static byte[] keyBytes(int key) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(key).array();
  }

  /** A value from which its key and version follow. */
  private static byte[] value(int key, long version) {
    SplittableRandom random = new SplittableRandom(version * KEYS + key);
    byte[] value = new byte[Long.BYTES + random.nextInt(LONGEST_VALUE)];
    random.nextBytes(value);
    ByteBuffer.wrap(value).putLong(version);
    return value;
  }
}
