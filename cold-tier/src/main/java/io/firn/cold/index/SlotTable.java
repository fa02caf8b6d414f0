// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import io.firn.cold.memory.Memory;
import io.firn.cold.model.Address;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * An open-addressing table of fixed capacity in one off-heap block.
 *
 * <pre>
 * slot i, little-endian, at 16 i:   0  8 hash   8  8 address word, 0 = the slot is empty
 * </pre>
 *
 * <p>A hash's home is its remaining bits times the capacity, high half, so any capacity works and
 * entries lie nearly in the order of their hashes. Collisions probe linearly; an entry far from
 * home displaces one that is nearer (Robin Hood), which lets a search stop early; a removal shifts
 * the entries behind it back by one, so there are no tombstones. The owner keeps at least one slot
 * empty.
 *
 * <p>Changes need the owner's lock. A search may run at the same time: it ends after at most one
 * turn whatever it sees, and its caller finds out whether to believe it. {@link #visit} alone
 * changes a word without the lock, by compare-and-set.
 *
 * <p>Pedro Celis: Robin Hood Hashing, 1986.
 */
final class SlotTable {
  static final int ENTRY_BYTES = 16;
  private static final int WORD = 8;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Memory memory;
  private final int capacity;

  SlotTable(Memory memory, int capacity) {
    this.memory = memory;
    this.capacity = capacity;
  }

  int capacity() {
    return capacity;
  }

  /** Returns how many entries a table of this capacity takes before it should grow. */
  static int limit(int capacity) {
    return (int) ((long) capacity * 7 / 8);
  }

  /** Returns the smallest capacity whose limit is not below the number of entries. */
  static int capacityFor(int entries) {
    return Math.toIntExact(((long) entries * 8 + 6) / 7);
  }

  /**
   * Returns the word stored for the hash, or 0. {@code bits} leading bits of every hash are equal.
   */
  long find(long hash, int bits) {
    int slot = slotOf(hash, bits);
    return slot < 0 ? Address.NONE : word(slot);
  }

  /** Returns the slot that holds the hash, or -1. */
  int slotOf(long hash, int bits) {
    int slot = home(hash, bits);
    for (int distance = 0; distance < capacity; distance++) {
      long found = hash(slot);
      if (word(slot) == Address.NONE) {
        return -1;
      }
      if (found == hash) {
        return slot;
      }
      if (distance(found, slot, bits) < distance) {
        return -1;
      }
      slot = next(slot);
    }
    return -1;
  }

  /** Adds an entry whose hash is not there; there must be an empty slot. */
  void insert(long hash, long word, int bits) {
    long carriedHash = hash;
    long carriedWord = word;
    int slot = home(hash, bits);
    int distance = 0;
    while (true) {
      long word2 = word(slot);
      if (word2 == Address.NONE) {
        set(slot, carriedHash, carriedWord);
        return;
      }
      long hash2 = hash(slot);
      int distance2 = distance(hash2, slot, bits);
      if (distance2 < distance) {
        set(slot, carriedHash, carriedWord);
        carriedHash = hash2;
        carriedWord = word2;
        distance = distance2;
      }
      slot = next(slot);
      distance++;
    }
  }

  /** Empties a slot and shifts back the entries behind it that are not at home. */
  void removeAt(int slot, int bits) {
    int hole = slot;
    int behind = next(slot);
    while (word(behind) != Address.NONE && distance(hash(behind), behind, bits) > 0) {
      set(hole, hash(behind), word(behind));
      hole = behind;
      behind = next(behind);
    }
    memory.setLong(at(hole) + WORD, Address.NONE);
  }

  long hash(int slot) {
    return memory.getLong(at(slot));
  }

  long word(int slot) {
    return memory.getLong(at(slot) + WORD);
  }

  /** Replaces the word of an entry; a reader that sees it also sees what was written before. */
  void setWord(int slot, long word) {
    memory.setLongRelease(at(slot) + WORD, word);
  }

  /** Counts a visit if the hash still has exactly this word. */
  boolean visit(long hash, long word, int bits) {
    int slot = slotOf(hash, bits);
    return slot >= 0 && memory.compareAndSetLong(at(slot) + WORD, word, word + 1);
  }

  void forEach(EntryVisitor visitor) {
    for (int slot = 0; slot < capacity; slot++) {
      long word = word(slot);
      if (word != Address.NONE) {
        visitor.entry(hash(slot), word);
      }
    }
  }

  /** Copies the entries and returns their bytes. */
  int copyTo(byte[] target, int offset) {
    int position = offset;
    for (int slot = 0; slot < capacity; slot++) {
      long word = word(slot);
      if (word != Address.NONE) {
        LONG.set(target, position, hash(slot));
        LONG.set(target, position + WORD, word);
        position += ENTRY_BYTES;
      }
    }
    return position - offset;
  }

  void close() {
    memory.close();
  }

  private void set(int slot, long hash, long word) {
    memory.setLong(at(slot), hash);
    memory.setLong(at(slot) + WORD, word);
  }

  private int home(long hash, int bits) {
    return (int) (((hash << bits >>> 32) * capacity) >>> 32);
  }

  private int distance(long hash, int slot, int bits) {
    int distance = slot - home(hash, bits);
    return distance < 0 ? distance + capacity : distance;
  }

  private int next(int slot) {
    return slot + 1 == capacity ? 0 : slot + 1;
  }

  private static long at(int slot) {
    return (long) slot * ENTRY_BYTES;
  }
}
