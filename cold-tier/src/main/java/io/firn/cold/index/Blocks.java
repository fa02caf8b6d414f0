// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import io.firn.cold.memory.Memories;
import io.firn.cold.memory.Memory;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;

/**
 * The memory of one index: allocates its tables and counts their bytes until they are freed.
 * Thread-safe.
 */
final class Blocks {
  private final LongFunction<Memory> allocator;
  private final Epochs epochs;
  private final int initialCapacity;
  private final AtomicLong bytes = new AtomicLong();

  Blocks(Epochs epochs, int initialCapacity) {
    this(epochs, initialCapacity, Memories::allocate);
  }

  Blocks(Epochs epochs, int initialCapacity, LongFunction<Memory> allocator) {
    this.epochs = epochs;
    this.initialCapacity = initialCapacity;
    this.allocator = allocator;
  }

  /** Returns the capacity of a new partition's table, in entries. */
  int initialCapacity() {
    return initialCapacity;
  }

  SlotTable table(int capacity) {
    long size = (long) capacity * SlotTable.ENTRY_BYTES;
    Memory memory = allocator.apply(size);
    bytes.addAndGet(size);
    return new SlotTable(memory, capacity);
  }

  /** Frees a table that no reader ever saw. */
  void free(SlotTable table) {
    table.close();
    bytes.addAndGet(-(long) table.capacity() * SlotTable.ENTRY_BYTES);
  }

  /** Frees a table that readers can no longer find once those inside have left. */
  void retire(SlotTable table) {
    epochs.retire(() -> free(table));
  }

  long bytes() {
    return bytes.get();
  }
}
