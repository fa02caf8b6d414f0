// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cold.ColdTable;
import io.firn.cold.model.HashRange;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A walk over all live entries of a cache, part by part in the order of the keys' hashes. For one
 * thread.
 *
 * <p>For each part the heap is looked through, then the hashes on disk are copied, then the heap is
 * looked through again: an entry that goes to disk meanwhile was seen before, and one that leaves
 * it is seen afterwards. An entry is read when its turn comes; those that were not found then are
 * looked for once more at the end of the part. A part has as many hashes as the heap has entries,
 * so that looking through the heap costs little more than the walk over the disk.
 */
final class EntryCursor<K, V> {
  private static final int LEAST_PART = 1024;
  private static final int LARGEST_PART = 1 << 20;

  private final ColdTable table;
  private final TierReader<K, V> reader;
  private final Queue<Object> onHeapOnly = new ArrayDeque<>();
  private final Queue<Map.Entry<K, V>> foundAgain = new ArrayDeque<>();
  private final Set<Long> missed = new HashSet<>();
  private long[] hashes = new long[0];
  private int at;
  private long nextPart;
  private boolean began;

  EntryCursor(ColdTable table, TierReader<K, V> reader) {
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
        long hash = hashes[at++];
        entry = reader.peekAt(hash);
        if (entry == null) {
          missed.add(hash);
        }
      } else if (!onHeapOnly.isEmpty()) {
        entry = peek(onHeapOnly.remove());
      } else if (!foundAgain.isEmpty()) {
        entry = foundAgain.remove();
      } else if (!missed.isEmpty()) {
        lookAgain();
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
    Set<Object> onHeap = reader.keysOnHeap();
    HashRange range =
        table.hashes(from, (int) Math.max(LEAST_PART, Math.min(reader.sizeOnHeap(), LARGEST_PART)));
    began = true;
    nextPart = range.next();
    hashes = range.hashes();
    at = 0;
    Arrays.sort(hashes);
    onHeap.addAll(reader.keysOnHeap());
    for (Object hotKey : onHeap) {
      long hash = reader.hashOf(hotKey);
      if (isWithin(hash, from, nextPart) && Arrays.binarySearch(hashes, hash) < 0) {
        onHeapOnly.add(hotKey);
      }
    }
  }

  /* What was on disk and is not any more was removed, or is on the heap, or on disk once more. */
  private void lookAgain() {
    for (Object hotKey : reader.keysOnHeap()) {
      if (missed.remove(reader.hashOf(hotKey))) {
        onHeapOnly.add(hotKey);
      }
    }
    for (long hash : missed) {
      Map.Entry<K, V> entry = reader.peekAt(hash);
      if (entry != null) {
        foundAgain.add(entry);
      }
    }
    missed.clear();
  }

  private static boolean isWithin(long hash, long from, long end) {
    return Long.compareUnsigned(hash, from) >= 0
        && (end == 0 || Long.compareUnsigned(hash, end) < 0);
  }
}
