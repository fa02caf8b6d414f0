// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.firn.cold.agent.Threads;
import io.firn.cold.model.Address;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * The entries of all hashes that begin with the same bits. Everything that reads or changes entries
 * needs the lock, unless said otherwise; searches without it go through {@link HashIndex#find}.
 */
public final class Partition {
  /* Readers without the lock: a sequence lock. The version is odd while entries move, before the
   * partition is loaded and for ever after it was split away; a reader that finds it odd, or changed
   * after its probe, believes nothing of what it saw. An entry that only gets a new word does not move:
   * that is one aligned release store and leaves the version alone. A table that was replaced stays
   * readable until the readers' epochs have passed.
   *
   * Order of a writer: version odd, release fence, plain stores, version even by a release store. Order
   * of a reader: acquire load of the version, plain loads, acquire fence, load of the version. */

  /** Largest number of prefix bits; a partition with so many grows instead of splitting. */
  public static final int MAX_PREFIX_BITS = 16;

  private static final int SLACK_SHARE = 16;

  /** A table is not exchanged for one that is larger than this part of it. */
  private static final int SHRINKS_BY = 4;

  static final int MAX_SLACK = 64;
  private static final VarHandle VERSION = handle("version", long.class);
  private static final VarHandle SIZE = handle("size", int.class);

  private final int prefix;
  private final int bits;
  private final Blocks blocks;
  private final Lock lock;
  private long version = 1;
  private int size;
  private final int expected;
  private @Nullable SlotTable table;
  private @Nullable PartitionSource source;
  private long changes;
  private volatile boolean loaded;
  private volatile boolean retired;
  private volatile @Nullable Object attachment;

  /** A partition with these entries, none yet if the table is fresh. */
  Partition(int prefix, int bits, Blocks blocks, Threads threads, SlotTable table) {
    this.prefix = prefix;
    this.bits = bits;
    this.blocks = blocks;
    this.lock = threads.newLock("partition " + prefix + "/" + bits);
    this.table = table;
    this.expected = 0;
    this.loaded = true;
    VERSION.setRelease(this, 0L);
  }

  /** A partition to be loaded at its first use. */
  Partition(Restored restored, Blocks blocks, Threads threads) {
    this.prefix = restored.prefix();
    this.bits = restored.bits();
    this.blocks = blocks;
    this.lock = threads.newLock("partition " + prefix + "/" + bits);
    this.source = restored.source();
    this.attachment = restored.attachment();
    this.expected = restored.entries();
    VERSION.setRelease(this, 1L);
  }

  private static VarHandle handle(String field, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(Partition.class, field, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  static int prefixOf(long hash, int bits) {
    return (int) (hash >>> 1 >>> (Long.SIZE - 1 - bits));
  }

  /**
   * Returns the first {@link #prefixBits} bits of the hashes held here, right-aligned. Needs no
   * lock.
   */
  public int prefix() {
    return prefix;
  }

  /** Returns how many bits of the hash choose this partition. Needs no lock. */
  public int prefixBits() {
    return bits;
  }

  /** Returns whether hashes like this one belong here. Needs no lock. */
  public boolean owns(long hash) {
    return prefixOf(hash, bits) == prefix;
  }

  /**
   * Returns the number of entries; before loading the number that is expected. Without the lock the
   * answer may be a moment old.
   */
  public int size() {
    return loaded ? (int) SIZE.getOpaque(this) : expected;
  }

  /** Returns the capacity in entries, 0 before loading. Without the lock it may be a moment old. */
  public int capacity() {
    SlotTable current = table;
    return current == null ? 0 : current.capacity();
  }

  /** Locks the partition. It may have been split away meanwhile: see {@link #isRetired}. */
  public void lock() {
    lock.lock();
  }

  /** Unlocks the partition. */
  public void unlock() {
    lock.unlock();
  }

  /** Returns whether the partition was split away or its index closed; it holds nothing then. */
  public boolean isRetired() {
    return retired;
  }

  /** Returns whether the entries are in memory. Needs no lock. */
  public boolean isLoaded() {
    return loaded;
  }

  /** Returns what was attached last. Needs no lock. */
  public @Nullable Object attachment() {
    return attachment;
  }

  /** Attaches something of the caller's. Needs no lock. */
  public void attach(@Nullable Object attachment) {
    this.attachment = attachment;
  }

  /**
   * Returns how many changes the entries had since the partition was created or loaded. A replaced
   * word, a removal and a clear count; a visit does not.
   */
  public long changes() {
    return changes;
  }

  /** Returns the word of the hash with its visits, or {@link Address#NONE}. */
  public long get(long hash) {
    return table().find(hash, bits);
  }

  /**
   * Sets the word of a hash. Always succeeds: if nobody made room before, the table grows in place.
   *
   * @return the replaced word with its visits, or {@link Address#NONE}
   * @throws IllegalArgumentException if the hash does not belong here or the word is none
   */
  @CanIgnoreReturnValue
  public long put(long hash, long word) {
    if (!owns(hash) || word == Address.NONE) {
      throw new IllegalArgumentException(
          describe() + " cannot take hash " + Long.toHexString(hash) + ", word " + word);
    }
    SlotTable current = table();
    int slot = current.slotOf(hash, bits);
    if (slot >= 0) {
      long replaced = current.word(slot);
      current.setWord(slot, word);
      changes++;
      return replaced;
    }
    if (size + 1 > SlotTable.limit(current.capacity())) {
      replaceTable(blocks.table(grownCapacity(1)));
      current = table();
    }
    beginWrite();
    current.insert(hash, word, bits);
    endWrite();
    SIZE.setOpaque(this, size + 1);
    changes++;
    return Address.NONE;
  }

  /**
   * Removes a hash.
   *
   * @return the removed word with its visits, or {@link Address#NONE}
   */
  @CanIgnoreReturnValue
  public long remove(long hash) {
    SlotTable current = table();
    int slot = current.slotOf(hash, bits);
    if (slot < 0) {
      return Address.NONE;
    }
    long removed = current.word(slot);
    beginWrite();
    current.removeAt(slot, bits);
    endWrite();
    SIZE.setOpaque(this, size - 1);
    changes++;
    return removed;
  }

  /**
   * Sets the word of a hash if it has the expected one; visits are not compared.
   *
   * @return whether it was set
   */
  public boolean replace(long hash, long expectedWord, long newWord) {
    if (newWord == Address.NONE) {
      throw new IllegalArgumentException("the new word is none");
    }
    SlotTable current = table();
    int slot = current.slotOf(hash, bits);
    if (slot < 0
        || Address.withoutVisits(current.word(slot)) != Address.withoutVisits(expectedWord)) {
      return false;
    }
    current.setWord(slot, newWord);
    changes++;
    return true;
  }

  /** Visits every entry in slot order, which is nearly the order of the hashes. */
  public void forEach(EntryVisitor visitor) {
    table().forEach(visitor);
  }

  /**
   * Copies all entries, 16 bytes each, {hash, word with visits}, little-endian, in slot order.
   *
   * @return how many bytes were copied, 16 times {@link #size}
   * @throws IndexOutOfBoundsException if the target is too short
   */
  public int copyEntries(byte[] target, int offset) {
    return table().copyTo(target, offset);
  }

  /** Empties the partition and returns what it held; the caller closes that. */
  public Detached clear() {
    SlotTable old = table();
    SlotTable empty = blocks.table(blocks.initialCapacity());
    beginWrite();
    table = empty;
    endWrite();
    Detached detached = new Detached(old, size, blocks);
    SIZE.setOpaque(this, 0);
    changes++;
    return detached;
  }

  String describe() {
    return "partition " + prefix + "/" + bits;
  }

  /** Returns the version for {@link #isAt}; odd: nothing can be read now. */
  long version() {
    return (long) VERSION.getAcquire(this);
  }

  /** Returns whether what was read since {@link #version} holds. */
  boolean isAt(long expected) {
    VarHandle.acquireFence();
    return (long) VERSION.getOpaque(this) == expected;
  }

  /**
   * Searches without the lock; the result means something only if {@link #isAt} says so after it.
   */
  long probe(long hash) {
    SlotTable current = table;
    return current == null ? Address.NONE : current.find(hash, bits);
  }

  /** Counts a visit without the lock. */
  boolean visit(long hash, long word) {
    if ((version() & 1) != 0) {
      return false;
    }
    SlotTable current = table;
    return current != null && current.visit(hash, word, bits);
  }

  /** Returns whether so many entries more, and some of other writers, fit. Needs no lock. */
  boolean hasRoom(int more) {
    int capacity = capacity();
    return (long) size() + more + slack(capacity) <= SlotTable.limit(capacity);
  }

  /** Returns the capacity that the table should grow to so that it has room. */
  int grownCapacity(int more) {
    int grown = capacity();
    do {
      grown += Math.max(1, grown / 4);
    } while ((long) size() + more + slack(grown) > SlotTable.limit(grown));
    return grown;
  }

  /** Moves the entries into a fresh table; frees it if the present one is no smaller. */
  void growInto(SlotTable fresh) {
    if (retired || fresh.capacity() <= capacity()) {
      blocks.free(fresh);
    } else {
      replaceTable(fresh);
    }
  }

  /**
   * Divides the entries between two new partitions and hears the listener; nothing changes here.
   */
  void divide(Partition left, Partition right, GrowthListener listener) {
    table()
        .forEach(
            (hash, word) -> {
              (left.owns(hash) ? left : right).put(hash, word);
            });
    left.changes = 0;
    right.changes = 0;
    listener.split(this, left, right);
  }

  /** Ends the partition: readers turn to the directory, its memory goes when they have left. */
  void retire() {
    beginWrite();
    retired = true;
    release();
  }

  /** Gives the memory back once readers have left. */
  void release() {
    SlotTable current = table;
    if (current != null) {
      blocks.retire(current);
    }
  }

  /** Loads the entries if they are not in memory. */
  void load() {
    PartitionSource from = source;
    if (from == null) {
      return;
    }
    table = blocks.table(fittingCapacity(expected));
    size = 0;
    boolean done = false;
    try {
      from.load(this);
      done = true;
    } finally {
      if (!done) {
        release();
        table = null;
      }
    }
    source = null;
    changes = 0;
    loaded = true;
    endWrite();
  }

  /** Returns the capacity of a table that is loaded with so many entries. */
  private int fittingCapacity(int entries) {
    int capacity = SlotTable.capacityFor(entries + Math.min(MAX_SLACK, entries / SLACK_SHARE));
    return Math.max(blocks.initialCapacity(), capacity);
  }

  /** Tells whether a much smaller table would do. Needs no lock. */
  boolean canShrink() {
    return loaded && !retired && fittingCapacity(size()) <= capacity() / SHRINKS_BY;
  }

  /** Moves the entries into a smaller table if that is much smaller. */
  void shrink() {
    if (canShrink()) {
      replaceTable(blocks.table(fittingCapacity(size)));
    }
  }

  private void replaceTable(SlotTable fresh) {
    SlotTable old = table();
    old.forEach((hash, word) -> fresh.insert(hash, word, bits));
    beginWrite();
    table = fresh;
    endWrite();
    blocks.retire(old);
  }

  private SlotTable table() {
    SlotTable current = table;
    if (current == null || retired) {
      throw new IllegalStateException(describe() + (retired ? " is retired" : " is not loaded"));
    }
    return current;
  }

  void beginWrite() {
    VERSION.setOpaque(this, version | 1);
    VarHandle.releaseFence();
  }

  void endWrite() {
    if (loaded) {
      VERSION.setRelease(this, (version | 1) + 1);
    }
  }

  static int slack(int capacity) {
    return Math.min(MAX_SLACK, capacity / SLACK_SHARE);
  }
}
