// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import io.firn.cache.Firn;
import io.firn.cache.TieredCache;
import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Puts four times as much into small stores as they may hold and watches their size on disk. */
final class LimitsPhase {
  private static final int[] LIMITS_MIB = {32, 160};
  private static final int OVERLOAD = 4;

  /** How many puts go by between two looks at the files. */
  private static final int PUTS_PER_LOOK = 200;

  private final Task task;
  private final Documents documents;

  LimitsPhase(Task task, Documents documents) {
    this.task = task;
    this.documents = documents;
  }

  void run() {
    for (int mebibytes : LIMITS_MIB) {
      Path directory = task.directory().resolve("limit-" + mebibytes);
      Directories.create(directory);
      fill(directory, mebibytes);
      Directories.delete(directory);
    }
  }

  private void fill(Path directory, int mebibytes) {
    long limit = (long) mebibytes << 20;
    String of = mebibytes + " MiB: ";
    try (Firn firn = Firn.in(directory).maximumDiskBytes(limit).open();
        TieredCache<byte[], byte[]> cache =
            firn.cache("bench", Codec.bytes(), Codec.bytes()).maximumHotEntries(0).open()) {
      long most = 0;
      long number = 0;
      for (long sent = 0; sent < OVERLOAD * limit; number++) {
        byte[] value = documents.value(number);
        cache.put(documents.key(number), value);
        sent += value.length;
        if (number % PUTS_PER_LOOK == 0) {
          most = Math.max(most, Directories.bytes(directory));
        }
      }
      most = Math.max(most, Directories.bytes(directory));
      Child.figure(of + "most on disk", most / (double) (1 << 20));
      check(cache, number, of);
    }
    Child.figure(of + "closed", Directories.bytes(directory) / (double) (1 << 20));
  }

  private void check(TieredCache<byte[], byte[]> cache, long entries, String of) {
    long present = 0;
    long wrong = 0;
    for (long number = 0; number < entries; number++) {
      byte @Nullable [] value = cache.getIfPresent(documents.key(number));
      if (value != null) {
        present++;
        wrong += documents.matches(number, value) ? 0 : 1;
      }
    }
    Child.figure(of + "put", entries);
    Child.figure(of + "present", present);
    Child.figure(of + "wrong", wrong);
  }
}
