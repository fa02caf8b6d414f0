// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import io.firn.cache.Firn;
import io.firn.cache.TieredCache;
import io.firn.cache.codec.Codec;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Opens 200 caches, puts nothing into them, and says what they cost on disk and in memory. */
final class CachesPhase {
  private static final int CACHES = 200;

  private final Task task;

  CachesPhase(Task task) {
    this.task = task;
  }

  void run() throws IOException {
    Directories.create(task.store());
    try (Firn firn = Firn.in(task.store()).open()) {
      TieredCache<byte[], byte[]> first = open(firn, 0);
      long heapBefore = Memory.heapBytes();
      long anonymousBefore = Memory.anonymousBytes();
      List<TieredCache<byte[], byte[]>> caches = new ArrayList<>();
      for (int i = 1; i < CACHES; i++) {
        caches.add(open(firn, i));
      }
      Child.figure("heap MiB", (Memory.heapBytes() - heapBefore) / (double) (1 << 20));
      Child.figure(
          "anonymous MiB", (Memory.anonymousBytes() - anonymousBefore) / (double) (1 << 20));
      Child.figure("disk MiB", Directories.bytes(task.store()) / (double) (1 << 20));
      caches.forEach(TieredCache::close);
      first.close();
    }
    Child.figure("closed MiB", Directories.bytes(task.store()) / (double) (1 << 20));
  }

  private static TieredCache<byte[], byte[]> open(Firn firn, int number) {
    return firn.cache("cache-" + number, Codec.bytes(), Codec.bytes()).open();
  }
}
