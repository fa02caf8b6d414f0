// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

/**
 * The entries that a partition held when it was cleared, for a sweep over them. Not thread-safe.
 * Must be closed; readers that were inside at the clear may still look at it until they leave.
 */
public final class Detached implements AutoCloseable {
  private final SlotTable table;
  private final int size;
  private final Blocks blocks;
  private boolean closed;

  Detached(SlotTable table, int size, Blocks blocks) {
    this.table = table;
    this.size = size;
    this.blocks = blocks;
  }

  /** Returns how many entries there are. */
  public int size() {
    return size;
  }

  /**
   * Visits every entry in slot order.
   *
   * @throws IllegalStateException after {@link #close}
   */
  public void forEach(EntryVisitor visitor) {
    if (closed) {
      throw new IllegalStateException("detached entries are closed");
    }
    table.forEach(visitor);
  }

  /** Gives the memory back once every reader has left. A second call does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      blocks.retire(table);
    }
  }
}
