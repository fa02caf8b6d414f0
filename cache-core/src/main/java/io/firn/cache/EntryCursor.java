// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cold.engine.HashRange;
import io.firn.cold.engine.TableReader;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A walk over all live entries of a cache, part by part in the order of the keys' hashes. For one
 * thread.
 *
 * <p>Of each part the hashes on disk are copied first, then those of the heap are added that were
 * not among them: an entry that changes its tier meanwhile is in one of both. An entry is read when
 * its turn comes. A part has as many hashes as the heap has entries, so that looking through the
 * heap for each part costs no more than the walk over the disk.
 */
final class EntryCursor<K, V> {
  private static final int LEAST_PART = 1024;
  private static final int LARGEST_PART = 1 << 20;

  private final TableReader table;
  private final TierReader<K, V> reader;
  private final Queue<Object> onHeapOnly = new ArrayDeque<>();
  private long[] hashes = new long[0];
  private int at;
  private long nextPart;
  private boolean began;

  EntryCursor(TableReader table, TierReader<K, V> reader) {
    this.table = table;
    this.reader = reader;
  }

  /**
   * Returns the next entry, null after the last one.
   *
   * @throws io.firn.cold.model.StoreIoException if a part of the index cannot be read
   */
  Map.@Nullable Entry<K, V> next() {
    while (true) {
      Map.Entry<K, V> entry = null;
      if (at < hashes.length) {
        entry = reader.peekAt(hashes[at++]);
      } else if (!onHeapOnly.isEmpty()) {
        entry = peek(onHeapOnly.remove());
      } else if (began && nextPart == 0) {
        return null;
      } else {
        readPart();
      }
      if (entry != null) {
        return entry;
      }
    }
  }

  private Map.@Nullable Entry<K, V> peek(Object hotKey) {
    K key = reader.keyOf(hotKey);
    V value = key == null ? null : reader.peek(key);
    return value == null ? null : Map.entry(key, value);
  }

  private void readPart() {
    long from = nextPart;
    HashRange range =
        table.hashes(from, (int) Math.max(LEAST_PART, Math.min(reader.sizeOnHeap(), LARGEST_PART)));
    began = true;
    nextPart = range.next();
    hashes = range.hashes();
    at = 0;
    Arrays.sort(hashes);
    for (Object hotKey : reader.keysOnHeap()) {
      long hash = reader.hashOf(hotKey);
      if (isWithin(hash, from, nextPart) && Arrays.binarySearch(hashes, hash) < 0) {
        onHeapOnly.add(hotKey);
      }
    }
  }

  private static boolean isWithin(long hash, long from, long end) {
    return Long.compareUnsigned(hash, from) >= 0
        && (end == 0 || Long.compareUnsigned(hash, end) < 0);
  }
}
