// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static java.util.Objects.requireNonNull;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which parts of an index file are places of snapshots, which are free, and which are neither, as
 * an older manifest may still name them. Guarded by the lock of its {@link IndexFile}.
 */
final class Places {
  /** A place is free for reuse after this many manifests were written without it. */
  static final int MANIFESTS_TO_FORGET = 2;

  /** Bytes by offset; no two of them touch. */
  private final TreeMap<Long, Long> free = new TreeMap<>();

  private final Deque<Freed> quarantine = new ArrayDeque<>();
  private long end;
  private long manifests;

  private record Freed(long offset, long bytes, long manifests) {}

  /** Returns where the last place ends that was ever handed out and not cut. */
  long end() {
    return end;
  }

  /** Notes the places that a manifest names; what lies between them is free. */
  void restore(Iterable<Slot> slots) {
    TreeMap<Long, Long> used = new TreeMap<>();
    for (Slot slot : slots) {
      used.put(slot.offset, slot.offset + slot.capacityBytes);
    }
    long at = 0;
    for (Map.Entry<Long, Long> place : used.entrySet()) {
      if (place.getKey() > at) {
        free.put(at, place.getKey() - at);
      }
      at = Math.max(at, place.getValue());
    }
    end = at;
  }

  /** Takes the first place that is free; null if the file must first be longer than it is. */
  @Nullable Slot allocate(int bytes, long fileBytes) {
    long offset = holeFor(bytes);
    if (offset >= 0) {
      long rest = requireNonNull(free.remove(offset)) - bytes;
      if (rest > 0) {
        free.put(offset + bytes, rest);
      }
      return new Slot(offset, bytes);
    }
    if (end + bytes > fileBytes) {
      return null;
    }
    Slot slot = new Slot(end, bytes);
    end += bytes;
    return slot;
  }

  private long holeFor(int bytes) {
    for (Map.Entry<Long, Long> hole : free.entrySet()) {
      if (hole.getValue() >= bytes) {
        return hole.getKey();
      }
    }
    return -1;
  }

  /** Gives a reference up; the place of the last one is free, once no manifest may name it. */
  void giveBack(@Nullable Slot slot) {
    if (slot == null || --slot.references > 0) {
      return;
    }
    if (slot.holdsSnapshot()) {
      quarantine.add(new Freed(slot.offset, slot.capacityBytes, manifests));
    } else {
      addFree(slot.offset, slot.capacityBytes);
    }
  }

  private void addFree(long offset, long bytes) {
    long start = offset;
    long length = bytes;
    Map.Entry<Long, Long> before = free.floorEntry(offset);
    if (before != null && before.getKey() + before.getValue() == offset) {
      start = before.getKey();
      length += before.getValue();
    }
    Long after = free.remove(offset + bytes);
    free.put(start, after == null ? length : length + after);
  }

  /** Tells that a manifest was written which names the present places only. */
  void manifestWritten() {
    manifests++;
    while (!quarantine.isEmpty()
        && manifests - quarantine.peek().manifests >= MANIFESTS_TO_FORGET) {
      Freed freed = quarantine.remove();
      addFree(freed.offset, freed.bytes);
    }
  }

  /** Takes the end away as far as it is free; returns the new one. */
  long cutEnd() {
    Map.Entry<Long, Long> last = free.lastEntry();
    if (last != null && last.getKey() + last.getValue() == end) {
      end = last.getKey();
      free.remove(end);
    }
    return end;
  }
}
