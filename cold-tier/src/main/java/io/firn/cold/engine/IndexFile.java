// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Threads;
import io.firn.cold.format.SlotHeader;
import io.firn.cold.index.GrowthListener;
import io.firn.cold.index.Partition;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.io.DiskFullIoException;
import io.firn.cold.io.DiskLedger;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.StoreIoException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The snapshots of a table's partitions on disk: places in one file, two for each partition,
 * enlarged before the partition grows. Thread-safe.
 */
final class IndexFile implements GrowthListener {
  /* `lock` guards the places and all SlotPairs; it is taken under a partition's lock, so it is never
   * held over I/O. What is handed out was zeroed before, in the growth turn, so that a full disk
   * has the blocks. Between its capture by a checkpoint and the naming of
   * its snapshot a partition does not split, because the places of a split one belong to both halves;
   * and the place being written is held, so that growth does not give it away. */

  private static final int GRANULE_BYTES = 512;

  /**
   * How many checkpoints it takes until what {@link #gather} moved has left its old places free:
   * one for each snapshot of a pair, and one that forgets the second.
   */
  static final int CHECKPOINTS_TO_GATHER = 3;

  /** The file is gathered when it is longer than this many times what its places need. */
  private static final int LONG = 2;

  /** And when at least so many bytes can be cut. */
  private static final long WORTH_CUTTING_BYTES = 4 << 10;

  private final String path;
  private final Disk disk;
  private final DiskLedger ledger;
  private final LongSupplier headroomBytes;
  private final Reserve reserve;
  private final Lock growthTurn;
  private final Lock lock;

  /** Guarded by {@code lock}. */
  private final Places places = new Places();

  private @Nullable DiskFile file;

  /** The file up to here has its blocks, and is accounted for. */
  private volatile long zeroedTo;

  /** Growth leaves {@code headroomBytes} of the disk to others. */
  IndexFile(
      int tableId,
      Disk disk,
      DiskLedger ledger,
      Threads threads,
      LongSupplier headroomBytes,
      Reserve reserve) {
    this.headroomBytes = headroomBytes;
    this.reserve = reserve;
    this.growthTurn = threads.newLock("index file growth " + tableId);
    this.path = "index/" + tableId + ".idx";
    this.disk = disk;
    this.ledger = ledger;
    this.lock = threads.newLock("index file " + tableId);
  }

  String path() {
    return path;
  }

  Lock lock() {
    return lock;
  }

  DiskFile file() throws IOException {
    lock.lock();
    try {
      DiskFile open = file;
      if (open == null) {
        disk.createDirectories("index");
        open = disk.open(path, Disk.OpenMode.CREATE);
        file = open;
      }
      return open;
    } finally {
      lock.unlock();
    }
  }

  /** Notes the places that a manifest names; what lies between them is free. */
  void restore(Iterable<Slot> slots) {
    places.restore(slots);
    zeroedTo = places.end();
    ledger.adopt(zeroedTo);
  }

  /** Returns the bytes of a place for so many entries. */
  static int placeBytes(int entries) {
    long bytes = SlotHeader.SLOT_HEADER_BYTES + (long) entries * SlotHeader.ENTRY_BYTES;
    return (int) ((bytes + GRANULE_BYTES - 1) / GRANULE_BYTES * GRANULE_BYTES);
  }

  /** Gives the file blocks for so many bytes more than are handed out. Without {@code lock}. */
  private void lengthen(int bytes, long keepFree) {
    growthTurn.lock();
    try {
      long from;
      long more;
      lock.lock();
      try {
        from = zeroedTo;
        more = places.end() + bytes - zeroedTo;
      } finally {
        lock.unlock();
      }
      if (more <= 0) {
        return;
      }
      ledger.reserve(more, keepFree, "the index file " + path);
      boolean done = false;
      try {
        file().zero(from, more);
        done = true;
      } finally {
        if (!done) {
          ledger.release(more);
        }
      }
      lock.lock();
      try {
        zeroedTo = from + more;
      } finally {
        lock.unlock();
      }
    } catch (DiskFullIoException e) {
      throw new DiskFullException("the index file " + path + " cannot grow: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new StoreIoException("the index file " + path + " cannot grow: " + e.getMessage(), e);
    } finally {
      growthTurn.unlock();
    }
  }

  /** Tells that a manifest was written which names the present places only. */
  void manifestWritten() {
    lock.lock();
    try {
      places.manifestWritten();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void beforeGrow(Partition partition, int newCapacity) {
    enlarge(pairOf(partition), placeBytes(newCapacity), headroomBytes.getAsLong());
  }

  /** Makes sure that both places of a partition have room for what it may hold now. */
  void ensurePlaces(Partition partition) {
    SlotPair pair = pairOf(partition);
    int bytes = placeBytes(partition.capacity());
    lock.lock();
    try {
      Slot newer = pair.newer;
      bytes = newer == null ? bytes : Math.max(bytes, newer.capacityBytes);
    } finally {
      lock.unlock();
    }
    enlarge(pair, bytes, 0);
  }

  /** Makes sure that both places, or their successors, have room. */
  private void enlarge(SlotPair pair, int bytes, long keepFree) {
    while (true) {
      lock.lock();
      try {
        if (enlargeInPlace(pair, bytes)) {
          return;
        }
      } finally {
        lock.unlock();
      }
      lengthen(2 * bytes, keepFree);
    }
  }

  /** Enlarges from what the file has; tells whether that was enough. Under {@code lock}. */
  private boolean enlargeInPlace(SlotPair pair, int bytes) {
    if (isTooSmall(pair.newer, pair.spare1, bytes)) {
      Slot larger = places.allocate(bytes, zeroedTo);
      if (larger == null) {
        return false;
      }
      places.giveBack(pair.spare1);
      pair.spare1 = larger;
    }
    if (isTooSmall(pair.older, pair.spare2, bytes)) {
      Slot larger = places.allocate(bytes, zeroedTo);
      if (larger == null) {
        return false;
      }
      places.giveBack(pair.spare2);
      pair.spare2 = larger;
    }
    return true;
  }

  private static boolean isTooSmall(@Nullable Slot slot, @Nullable Slot spare, int bytes) {
    return (slot == null || slot.references > 1 || slot.capacityBytes < bytes)
        && (spare == null || spare.capacityBytes < bytes);
  }

  @Override
  public void beforeSplit(Partition parent, int childCapacity) {
    reserve.ensureManifestRoom(Reserve.PARTITION_BYTES);
    SlotPair left;
    SlotPair right;
    lock.lock();
    try {
      SlotPair pair = pairOf(parent);
      left = pair.left == null ? new SlotPair(pair.baseLsn) : pair.left;
      right = pair.right == null ? new SlotPair(pair.baseLsn) : pair.right;
      pair.left = left;
      pair.right = right;
    } finally {
      lock.unlock();
    }
    enlarge(left, placeBytes(childCapacity), headroomBytes.getAsLong());
    enlarge(right, placeBytes(childCapacity), headroomBytes.getAsLong());
  }

  @Override
  public void split(Partition parent, Partition left, Partition right) {
    lock.lock();
    try {
      SlotPair pair = pairOf(parent);
      left.attach(inherit(pair, pair.left));
      right.attach(inherit(pair, pair.right));
      places.giveBack(pair.spare1);
      places.giveBack(pair.spare2);
      places.giveBack(pair.newer);
      places.giveBack(pair.older);
    } finally {
      lock.unlock();
    }
  }

  private static SlotPair inherit(SlotPair parent, @Nullable SlotPair prepared) {
    SlotPair child = prepared == null ? new SlotPair(parent.baseLsn) : prepared;
    child.newer = share(parent.newer);
    child.older = share(parent.older);
    return child;
  }

  private static @Nullable Slot share(@Nullable Slot slot) {
    if (slot != null) {
      slot.references++;
    }
    return slot;
  }

  /** Returns the places of a partition. */
  static SlotPair pairOf(Partition partition) {
    if (partition.attachment() instanceof SlotPair pair) {
      return pair;
    }
    throw new IllegalStateException("partition " + partition.prefix() + " has no places");
  }

  @Override
  public boolean maySplit(Partition parent) {
    return !pairOf(parent).captured;
  }

  /** Returns where the next snapshot of a captured partition goes: never over the newer one. */
  Slot target(SlotPair pair, int entries) {
    int bytes = placeBytes(entries);
    while (true) {
      lock.lock();
      try {
        Slot target = present(pair, bytes);
        if (target != null) {
          target.references++;
          return target;
        }
      } finally {
        lock.unlock();
      }
      enlarge(pair, bytes, 0);
    }
  }

  private static @Nullable Slot present(SlotPair pair, int bytes) {
    for (Slot slot : new Slot[] {pair.spare2, pair.spare1, pair.older}) {
      if (slot != null && slot.references == 1 && slot.capacityBytes >= bytes) {
        return slot;
      }
    }
    return null;
  }

  /** Makes a written snapshot the newer one of its pair; the older one loses its place. */
  void promote(SlotPair pair, Slot written) {
    lock.lock();
    try {
      Slot oldest = pair.older;
      if (pair.spare1 == written || pair.spare2 == written || oldest == written) {
        written.references--;
      }
      pair.spare1 = pair.spare1 == written ? null : pair.spare1;
      pair.spare2 = pair.spare2 == written ? null : pair.spare2;
      pair.older = pair.newer;
      pair.newer = written;
      if (oldest != written) {
        places.giveBack(oldest);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Readies other places, the first that are free, for the snapshots of all partitions, if the file
   * is much longer than these need; tells whether it did. The next checkpoints write them there,
   * changed or not; where there is no room for both, they stay. Between checkpoints.
   */
  boolean gather(List<Partition> partitions) {
    long needed = 0;
    for (Partition partition : partitions) {
      needed += 2L * placeBytes(partition.capacity());
      if (!partition.isLoaded()) {
        return false;
      }
    }
    if (zeroedTo < LONG * needed + WORTH_CUTTING_BYTES) {
      return false;
    }
    try {
      for (Partition partition : partitions) {
        int bytes = placeBytes(partition.capacity());
        while (!gather(partition, bytes)) {
          lengthen(2 * bytes, headroomBytes.getAsLong());
        }
      }
      return true;
    } catch (DiskFullException e) {
      return false; // those that were readied move with the next checkpoints
    }
  }

  /** Takes two places for a partition; false if the file must be longer first. */
  private boolean gather(Partition partition, int bytes) {
    partition.lock();
    lock.lock();
    try {
      if (partition.isRetired()) {
        return true;
      }
      Slot first = places.allocate(bytes, zeroedTo);
      Slot second = first == null ? null : places.allocate(bytes, zeroedTo);
      if (second == null) {
        places.giveBack(first);
        return false;
      }
      SlotPair pair = pairOf(partition);
      places.giveBack(pair.spare1);
      places.giveBack(pair.spare2);
      pair.spare1 = first;
      pair.spare2 = second;
      pair.capturedChanges = -1;
      pair.bothCurrent = false;
      return true;
    } finally {
      lock.unlock();
      partition.unlock();
    }
  }

  /** Cuts the end of the file, as far as it is free. */
  void cutEnd() throws IOException {
    growthTurn.lock();
    try {
      long from = zeroedTo;
      long to;
      lock.lock();
      try {
        to = places.cutEnd();
        zeroedTo = to;
      } finally {
        lock.unlock();
      }
      if (to < from) {
        cut(from, to);
      }
    } finally {
      growthTurn.unlock();
    }
  }

  private void cut(long from, long to) throws IOException {
    boolean done = false;
    try {
      file().truncate(to);
      ledger.release(from - to);
      done = true;
    } finally {
      if (!done) {
        zeroedTo = from; // nobody else changes it in the growth turn
      }
    }
  }

  /** Gives up a place that was written and is not going to be named. */
  void forgetTarget(Slot written) {
    lock.lock();
    try {
      places.giveBack(written);
    } finally {
      lock.unlock();
    }
  }

  /** Returns the size up to which the file is used. */
  long usedBytes() {
    lock.lock();
    try {
      return zeroedTo;
    } finally {
      lock.unlock();
    }
  }

  void close() throws IOException {
    DiskFile open = file;
    if (open != null) {
      open.close();
    }
  }

  /** Closes and deletes the file. */
  void delete() {
    try {
      close();
      disk.delete(path);
      ledger.release(zeroedTo);
    } catch (IOException e) {
      throw new StoreIoException("index file " + path + " cannot be deleted", e);
    }
  }
}
