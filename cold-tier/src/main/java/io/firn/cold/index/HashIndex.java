// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.firn.cold.agent.Step;
import io.firn.cold.agent.Threads;
import io.firn.cold.model.Address;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The index of one table: maps the 64-bit hash of a key to the {@link Address} word of its current
 * record. Thread-safe.
 *
 * <p>{@link #find} and {@link #visit} take no lock and must be called between {@link Epochs#enter}
 * and {@link Epochs#leave}, because a table that was replaced is freed once the readers inside have
 * left. Changes are made on the {@link Partition} that {@link #lock} returns. Order of the locks
 * here: resize, structure, partitions ascending.
 */
public final class HashIndex implements AutoCloseable {
  /* The directory is replaced, never changed. A split builds both children from the locked parent,
   * publishes the new directory and leaves the parent's version odd for ever, so that a reader that
   * came by the old directory looks again, and a writer that waited for the parent's lock finds it
   * retired and does the same. Growth and splits are prepared under the resize lock, where waiting for
   * the listener hurts nobody who has room; the structure lock is held only while entries are divided.
   *
   * Memory: a table grows by a quarter when it is 7/8 full and children are sized to end on the size
   * of a split at the same load, so an entry costs between 18.3 and 22.9 bytes. */

  private static final int ATTEMPTS = 64;

  private final IndexShape shape;
  private final Threads threads;
  private final GrowthListener listener;
  private final Blocks blocks;
  private final boolean believesTornReads;
  private final Lock resizeLock;
  private final Lock structureLock;
  private volatile Directory directory;
  private volatile boolean closed;

  /** Creates an empty index of one partition. */
  public HashIndex(IndexShape shape, Epochs epochs, Threads threads, GrowthListener listener) {
    this(shape, new Blocks(epochs, shape.initialCapacity()), threads, listener, false);
  }

  /**
   * Creates an empty index.
   *
   * @param believesTornReads a planted bug for tests of the tests: readers skip the version check
   */
  HashIndex(
      IndexShape shape,
      Blocks blocks,
      Threads threads,
      GrowthListener listener,
      boolean believesTornReads) {
    this.shape = shape;
    this.threads = threads;
    this.listener = listener;
    this.blocks = blocks;
    this.believesTornReads = believesTornReads;
    this.resizeLock = threads.newLock("index resize");
    this.structureLock = threads.newLock("index structure");
    this.directory =
        Directory.of(
            List.of(new Partition(0, 0, blocks, threads, blocks.table(blocks.initialCapacity()))));
  }

  /**
   * Returns the word of the hash with its visits, or {@link Address#NONE}, also after {@link
   * #close}. Takes no lock, except to load a partition at its first use or when writers kept the
   * reader from finishing many times in a row.
   */
  public long find(long hash) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Partition partition = directory.owner(hash);
      long version = partition.version();
      if ((version & 1) == 0) {
        long word = partition.probe(hash);
        if (partition.isAt(version) || believesTornReads) {
          return word;
        }
      } else if (!partition.isLoaded()) {
        break;
      }
      Thread.onSpinWait();
    }
    return findLocked(hash);
  }

  private long findLocked(long hash) {
    while (!closed) {
      Partition partition = tryLock(hash);
      if (partition != null) {
        try {
          return partition.get(hash);
        } finally {
          partition.unlock();
        }
      }
    }
    return Address.NONE;
  }

  /**
   * Counts a visit of a record: adds one to the visits of an entry that has exactly this word. A
   * hint: it may be lost when the entry moves at the same time.
   *
   * @param word as {@link #find} returned it
   * @return whether it was counted; never at {@link Address#MAX_VISITS}
   */
  @CanIgnoreReturnValue
  public boolean visit(long hash, long word) {
    return word != Address.NONE
        && Address.visits(word) < Address.MAX_VISITS
        && directory.owner(hash).visit(hash, word);
  }

  /** Makes room for one entry more, like {@link #ensureRoom(long, int)}. */
  public void ensureRoom(long hash) {
    ensureRoom(hash, 1);
  }

  /**
   * Makes sure that the partition of a hash has room for some entries more, and a few of concurrent
   * writers: loads, grows or splits it. Call it before any lock is taken. May wait for the disk as
   * far as the listener does.
   *
   * @param more how many entries the caller is about to add
   * @throws RuntimeException what the {@link GrowthListener} throws; nothing has changed then
   * @throws IllegalStateException if the index is closed
   */
  public void ensureRoom(long hash, int more) {
    while (true) {
      Partition partition = directory.owner(hash);
      if (!partition.isLoaded()) {
        lock(hash).unlock();
      } else if (closed) {
        throw closedException();
      } else if ((mustSplit(partition) && listener.maySplit(partition))
          || !partition.hasRoom(more)) {
        makeRoom(hash, more);
      } else {
        return;
      }
    }
  }

  /**
   * Makes sure that there is room for all of some hashes, like {@link #ensureRoom(long, int)}.
   *
   * @param hashes ascending as unsigned numbers
   */
  public void ensureRoom(long[] hashes) {
    int next = 0;
    while (next < hashes.length) {
      int more = ownedFrom(next, hashes);
      ensureRoom(hashes[next], more);
      next += ownedFrom(next, hashes);
    }
  }

  /** Returns how many hashes from one on belong to the partition of that one. */
  private int ownedFrom(int first, long[] hashes) {
    Partition owner = directory.owner(hashes[first]);
    int count = 1;
    while (first + count < hashes.length && owner.owns(hashes[first + count])) {
      count++;
    }
    return count;
  }

  private boolean mustSplit(Partition partition) {
    return partition.size() >= shape.splitEntries(directory.partitions().size())
        && partition.prefixBits() < Partition.MAX_PREFIX_BITS;
  }

  private void makeRoom(long hash, int more) {
    threads.step(Step.GROW);
    resizeLock.lock();
    try {
      Partition partition = directory.owner(hash);
      if (closed || !partition.isLoaded()) {
        return;
      }
      boolean split = mustSplit(partition) && split(partition);
      if (split) {
        return;
      } else if (!partition.hasRoom(more)) {
        grow(partition, more);
      }
    } finally {
      resizeLock.unlock();
    }
  }

  private void grow(Partition partition, int more) {
    int capacity = partition.grownCapacity(more);
    listener.beforeGrow(partition, capacity);
    SlotTable fresh = blocks.table(capacity);
    partition.lock();
    try {
      partition.growInto(fresh);
    } finally {
      partition.unlock();
    }
  }

  /** Gives the memory back that partitions do not need any more of which little is left. */
  public void shrink() {
    for (Partition partition : directory.partitions()) {
      if (partition.canShrink()) {
        shrink(partition);
      }
    }
  }

  private void shrink(Partition partition) {
    resizeLock.lock();
    try {
      partition.lock();
      try {
        partition.shrink();
      } finally {
        partition.unlock();
      }
    } finally {
      resizeLock.unlock();
    }
  }

  /** Splits unless the listener objects; then the partition grows for the time being. */
  private boolean split(Partition parent) {
    if (!listener.maySplit(parent)) {
      return false;
    }
    int capacity = childCapacity(parent.size());
    listener.beforeSplit(parent, capacity);
    int bits = parent.prefixBits() + 1;
    int prefix = parent.prefix() << 1;
    Partition left = new Partition(prefix, bits, blocks, threads, blocks.table(capacity));
    Partition right = new Partition(prefix + 1, bits, blocks, threads, blocks.table(capacity));
    boolean published = false;
    structureLock.lock();
    parent.lock();
    try {
      if (!parent.isRetired() && listener.maySplit(parent)) {
        parent.divide(left, right, listener);
        Directory changed = directory.replace(parent, left, right);
        parent.retire();
        directory = changed;
        published = true;
      }
    } finally {
      parent.unlock();
      structureLock.unlock();
      if (!published) {
        left.release();
        right.release();
      }
    }
    return published;
  }

  /**
   * Returns the capacity of a half: the smallest from which growth by quarters ends on the capacity
   * that the next split needs.
   */
  private int childCapacity(int parentEntries) {
    int half = parentEntries / 2 + (int) (4 * Math.sqrt(parentEntries)) + 1;
    int capacity =
        SlotTable.capacityFor(Math.max(half, shape.splitEntries()) + Partition.MAX_SLACK);
    while (true) {
      int smaller = (int) ((long) capacity * 4 / 5);
      if (half + Partition.slack(smaller) > SlotTable.limit(smaller)
          || smaller < blocks.initialCapacity()) {
        return capacity;
      }
      capacity = smaller;
    }
  }

  /**
   * Returns the partition that owns a hash, locked and loaded. The caller unlocks it.
   *
   * @throws IllegalStateException if the index is closed
   */
  public Partition lock(long hash) {
    while (!closed) {
      Partition partition = tryLock(hash);
      if (partition != null) {
        return partition;
      }
    }
    throw closedException();
  }

  private @Nullable Partition tryLock(long hash) {
    Partition partition = directory.owner(hash);
    partition.lock();
    boolean usable = false;
    try {
      if (!partition.isRetired()) {
        partition.load();
        usable = true;
      }
    } finally {
      if (!usable) {
        partition.unlock();
      }
    }
    return usable ? partition : null;
  }

  /** Returns the present partitions, ascending by the hashes they hold; immutable. */
  public List<Partition> partitions() {
    return directory.partitions();
  }

  /** Returns the number of entries, those expected in partitions not yet loaded included. */
  public long size() {
    long size = 0;
    for (Partition partition : directory.partitions()) {
      size += partition.size();
    }
    return size;
  }

  /** Returns the off-heap bytes held, those waiting for readers to leave included. */
  public long memoryBytes() {
    return blocks.bytes();
  }

  /**
   * Replaces the partitions of a new index by those that a manifest names. Call it before anyone
   * else uses the index.
   *
   * @throws IllegalArgumentException unless they cover every hash exactly once
   * @throws IllegalStateException if there are entries already
   */
  public void restore(List<Restored> partitions) {
    List<Partition> restored = new ArrayList<>(partitions.size());
    for (Restored each : partitions) {
      restored.add(new Partition(each, blocks, threads));
    }
    Directory changed = Directory.of(restored);
    if (size() != 0) {
      throw new IllegalStateException("the index has " + size() + " entries already");
    }
    replaceAll(changed);
  }

  /** Loads every partition, then runs an action while all of them are locked and none can split. */
  public void lockAll(Consumer<List<Partition>> action) {
    for (Partition partition : partitions()) {
      loadQuietly(partition);
    }
    structureLock.lock();
    List<Partition> all = directory.partitions();
    int locked = 0;
    try {
      for (; locked < all.size(); locked++) {
        all.get(locked).lock();
      }
      if (closed) {
        throw closedException();
      }
      all.forEach(Partition::load);
      action.accept(all);
    } finally {
      while (locked > 0) {
        all.get(--locked).unlock();
      }
      structureLock.unlock();
    }
  }

  private static void loadQuietly(Partition partition) {
    partition.lock();
    try {
      if (!partition.isRetired()) {
        partition.load();
      }
    } finally {
      partition.unlock();
    }
  }

  /**
   * Ends the index: nothing is found any more, and its memory goes once the readers inside have
   * left. A second call does nothing.
   */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      replaceAll(directory);
    }
  }

  private void replaceAll(Directory changed) {
    structureLock.lock();
    try {
      for (Partition partition : directory.partitions()) {
        partition.lock();
        try {
          if (!partition.isRetired()) {
            partition.retire();
          }
        } finally {
          partition.unlock();
        }
      }
      directory = changed;
    } finally {
      structureLock.unlock();
    }
  }

  private static IllegalStateException closedException() {
    return new IllegalStateException("the index is closed");
  }
}
