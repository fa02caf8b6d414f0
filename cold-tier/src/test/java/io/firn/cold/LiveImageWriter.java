// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A process that writes to a store from several threads until its input ends. Before each operation
 * it notes the version it is about to write, and after its acknowledgement the version it has
 * written, in a mapped file that outlives any moment: two ints for each key.
 *
 * <p>An even version of a key is a value, an odd one a removal; 0 is "never written".
 */
final class LiveImageWriter {
  static final int THREADS = 4;
  static final int KEYS_A_THREAD = 400;
  static final int KEYS = THREADS * KEYS_A_THREAD;
  static final String READY = "ready";

  private static final int REMOVAL_ODDS = 6;

  private LiveImageWriter() {}

  static StoreOptions options() {
    return StoreOptions.builder()
        .maximumDiskBytes(20L << 20)
        .maximumSegmentBytes(1 << 20)
        .flushPolicy(FlushPolicy.async(Duration.ofMillis(20)))
        .build();
  }

  static byte[] key(int i) {
    return ("key-" + i).getBytes(StandardCharsets.UTF_8);
  }

  static byte[] value(int i, int version) {
    SplittableRandom random = new SplittableRandom(i * 31L + version);
    byte[] value = new byte[8 + random.nextInt(1_200)];
    random.nextBytes(value);
    return ByteBuffer.wrap(value).putInt(i).putInt(version).array();
  }

  static ByteBuffer notes(Path file) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      return channel.map(FileChannel.MapMode.READ_WRITE, 0, KEYS * 8L);
    }
  }

  static int begun(ByteBuffer notes, int i) {
    return notes.getInt(8 * i);
  }

  static int acknowledged(ByteBuffer notes, int i) {
    return notes.getInt(8 * i + 4);
  }

  public static void main(String[] arguments) throws IOException, InterruptedException {
    ByteBuffer notes = notes(Path.of(arguments[1])).order(ByteOrder.nativeOrder());
    AtomicBoolean stop = new AtomicBoolean();
    try (ColdStore store = ColdStore.open(Path.of(arguments[0]), options())) {
      ColdTable table = store.table("t", TableOptions.defaults());
      Thread[] threads = new Thread[THREADS];
      for (int t = 0; t < THREADS; t++) {
        int first = t * KEYS_A_THREAD;
        threads[t] = new Thread(() -> write(table, notes, first, stop));
        threads[t].start();
      }
      System.out.println(READY);
      while (System.in.read() >= 0) {
        System.out.flush();
      }
      stop.set(true);
      for (Thread thread : threads) {
        thread.join();
      }
    }
  }

  private static void write(ColdTable table, ByteBuffer notes, int first, AtomicBoolean stop) {
    SplittableRandom random = new SplittableRandom(first);
    while (!stop.get()) {
      int i = first + random.nextInt(KEYS_A_THREAD);
      int last = acknowledged(notes, i);
      boolean removes = last > 0 && last % 2 == 0 && random.nextInt(REMOVAL_ODDS) == 0;
      int version = removes ? last + 1 : (last / 2 + 1) * 2;
      notes.putInt(8 * i, version);
      if (removes) {
        if (!table.remove(key(i))) {
          throw new IllegalStateException("key " + i + " was not there");
        }
      } else {
        table.put(key(i), value(i, version), ColdTable.NEVER);
      }
      notes.putInt(8 * i + 4, version);
    }
  }
}
