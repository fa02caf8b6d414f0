// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.firn.cold.agent.Step;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.io.DiskFullIoException;
import io.firn.cold.io.DiskLock;
import io.firn.cold.io.LockHeldException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A disk in memory that one seed decides. It can crash, fail, fill up, be slow and lie.
 *
 * <p>What was written but not forced is kept apart by sectors of 512 bytes, and so are names whose
 * directory was not synced; a {@link CrashKind#POWER} crash keeps any legal subset of them. Forcing
 * a file does not make its name durable. Every call announces {@link Step#DISK} before it acts, and
 * some copies do so in the middle, so that a crash finds them half done.
 *
 * <p>Thread-safe, also without a scheduler. After {@link #crash} every call throws {@link
 * SimCrash}.
 */
public final class SimDisk implements Disk {
  private static final long FREE_BYTES = 1L << 40;
  private static final int DEFAULT_TEAR_ODDS = 16;

  private final SplittableRandom random;
  private final @Nullable SimThreads threads;
  private final SimNames names;
  private final SimCounters counters = new SimCounters();
  private final SimSpace space;
  private final SimFaults faults;
  private final Map<String, String> locks = new HashMap<>();

  private final Set<String> forcedAgain = new TreeSet<>();
  private Predicate<String> skippedForces = path -> false;
  private boolean reservesBlocks = true;
  private int tearOdds = DEFAULT_TEAR_ODDS;
  private @Nullable ManualTime slowTime;
  private int slowOdds;
  private long slowNanos;
  private long calls;
  private boolean dead;

  /** Creates an empty disk without a scheduler. */
  public SimDisk(long seed) {
    this(seed, null);
  }

  /** Creates an empty disk; {@code threads}, if any, is told of every call. */
  public SimDisk(long seed, @Nullable SimThreads threads) {
    this(new SplittableRandom(seed), threads, new SimNames());
  }

  private SimDisk(SplittableRandom random, @Nullable SimThreads threads, SimNames names) {
    this.random = random;
    this.threads = threads;
    this.names = names;
    space = new SimSpace(random, counters);
    faults = new SimFaults(random.split());
    space.reset(names.files().values().stream().mapToLong(SimInode::allocatedBytes).sum());
  }

  // ---- what tests set

  /** Sets how many bytes may be allocated; what a file has in holes is not counted. */
  @CanIgnoreReturnValue
  public synchronized SimDisk quotaBytes(long bytes) {
    space.quotaBytes(bytes);
    return this;
  }

  /** Sets what {@link #reservesBlocks} answers. Default true. */
  @CanIgnoreReturnValue
  public synchronized SimDisk reservesBlocks(boolean answer) {
    reservesBlocks = answer;
    return this;
  }

  /** Sets that one in {@code odds} copies is done in parts, with a step between. Default 16. */
  @CanIgnoreReturnValue
  public synchronized SimDisk tearOdds(int odds) {
    tearOdds = odds;
    return this;
  }

  /** Plants a bug: forces of these files return without doing anything. */
  @CanIgnoreReturnValue
  public synchronized SimDisk skipForces(Predicate<String> paths) {
    skippedForces = paths;
    return this;
  }

  /** Lets one in {@code odds} calls take up to {@code nanos} of simulated time. */
  @CanIgnoreReturnValue
  public synchronized SimDisk slowCalls(ManualTime time, int odds, long nanos) {
    slowTime = time;
    slowOdds = odds;
    slowNanos = nanos;
    return this;
  }

  /** Limits injected faults to calls on some paths. */
  @CanIgnoreReturnValue
  public synchronized SimDisk faultsOnlyOn(Predicate<String> paths) {
    faults.only(paths);
    return this;
  }

  /** Fails the {@code count}-th call from now, counted from 1, whatever its kind. */
  @CanIgnoreReturnValue
  public synchronized SimDisk failCall(long count, Fault fault) {
    faults.plan(null, count, false, fault);
    return this;
  }

  /** Fails the {@code count}-th call from now and all that follow, whatever their kind. */
  @CanIgnoreReturnValue
  public synchronized SimDisk failFrom(long count, Fault fault) {
    faults.plan(null, count, true, fault);
    return this;
  }

  /** Fails the {@code count}-th call of a kind from now, counted from 1. */
  @CanIgnoreReturnValue
  public synchronized SimDisk failCall(DiskCall call, long count, Fault fault) {
    faults.plan(call, count, false, fault);
    return this;
  }

  /** Fails the {@code count}-th call of a kind from now and all that follow. */
  @CanIgnoreReturnValue
  public synchronized SimDisk failFrom(DiskCall call, long count, Fault fault) {
    faults.plan(call, count, true, fault);
    return this;
  }

  /** Fails calls of a kind at random, with this chance for each. */
  @CanIgnoreReturnValue
  public synchronized SimDisk faultRate(DiskCall call, double chance, Fault fault) {
    faults.rate(call, chance, fault);
    return this;
  }

  /** Takes back every planned fault and every rate; the quota stays. */
  public synchronized void heal() {
    faults.clear();
  }

  /** Flips one bit of a file, on the platter as well as in memory. */
  public synchronized void flipBit(String path, long bit) {
    inode(path).flipBit(bit);
  }

  // ---- what tests ask

  /** Returns what the disk was asked for since it was made. */
  public SimCounters counters() {
    return counters;
  }

  /** Returns how many bytes are allocated. */
  public synchronized long allocatedBytes() {
    return space.usedBytes();
  }

  /** Returns every file with its size. */
  public synchronized SortedMap<String, Long> sizes() {
    SortedMap<String, Long> sizes = new TreeMap<>();
    names.files().forEach((path, inode) -> sizes.put(path, inode.size()));
    return sizes;
  }

  /** Returns the content of a file. */
  public synchronized byte[] content(String path) {
    SimInode inode = inode(path);
    byte[] content = new byte[Math.toIntExact(inode.size())];
    inode.read(0, content, 0, content.length);
    return content;
  }

  /** Returns the files that were forced once more after a force of them had failed. */
  public synchronized Set<String> forcedAgain() {
    return Set.copyOf(forcedAgain);
  }

  synchronized void forcedAgain(String path) {
    forcedAgain.add(path);
  }

  /** Tells whether a power failure now could leave anything but what is there. */
  public synchronized boolean unforced() {
    return names.unsynced() > 0 || names.files().values().stream().anyMatch(SimInode::unforced);
  }

  /** Returns an independent disk in the same state, without locks, planned faults and scheduler. */
  public synchronized SimDisk copy() {
    return copy(null);
  }

  /** Returns an independent disk in the same state, for another scheduler. */
  public synchronized SimDisk copy(@Nullable SimThreads next) {
    return inherit(new SimDisk(random.split(), next, names.copy()));
  }

  /** Ends this disk and returns what survived, without a scheduler. */
  public SimDisk crash(CrashKind kind) {
    return crash(kind, null);
  }

  /**
   * Ends this disk and returns what survived, for another scheduler. Quota, skipped forces and
   * slowness go on; locks, planned faults and fault rates end.
   */
  public synchronized SimDisk crash(CrashKind kind, @Nullable SimThreads next) {
    dead = true;
    SimNames left =
        kind == CrashKind.PROCESS ? names.copy() : names.afterPowerFailure(random.split());
    return inherit(new SimDisk(random.split(), next, left));
  }

  /** Returns all directories and files as text that {@link #fromHex} reads. */
  public synchronized String toHex() {
    return SimDiskText.write(names);
  }

  /**
   * Returns a disk with the files of a text, all of them durable.
   *
   * @throws IllegalArgumentException if the text is not one of {@link #toHex}
   */
  public static SimDisk fromHex(String text, long seed, @Nullable SimThreads threads) {
    SimNames names = new SimNames();
    SplittableRandom random = new SplittableRandom(seed);
    SimDiskText.read(text, names, new SimSpace(random, new SimCounters()));
    return new SimDisk(random, threads, names);
  }

  // ---- the disk

  @Override
  public DiskFile open(String path, OpenMode mode) throws IOException {
    enter(DiskCall.OPEN, path);
    synchronized (this) {
      SimInode inode = names.file(path);
      if (inode == null) {
        if (mode != OpenMode.CREATE) {
          throw new NoSuchFileException(path);
        }
        inode = new SimInode();
        names.create(path, inode);
      }
      inode.opened();
      return new SimFile(this, path, inode, mode != OpenMode.READ);
    }
  }

  @Override
  public boolean exists(String path) {
    announce();
    synchronized (this) {
      return names.exists(path);
    }
  }

  @Override
  public void delete(String path) throws IOException {
    enter(DiskCall.DELETE, path);
    synchronized (this) {
      SimInode inode = names.file(path);
      names.delete(path);
      if (inode != null && inode.handles() == 0) {
        inode.releaseAll(space);
      }
    }
  }

  @Override
  public void rename(String from, String to) throws IOException {
    enter(DiskCall.RENAME, from);
    synchronized (this) {
      SimInode replaced = names.file(to);
      names.rename(from, to);
      if (replaced != null && replaced.handles() == 0 && !from.equals(to)) {
        replaced.releaseAll(space);
      }
    }
  }

  @Override
  public List<String> list(String directory) throws IOException {
    enter(DiskCall.LIST, directory);
    synchronized (this) {
      return names.list(directory);
    }
  }

  @Override
  public void createDirectories(String directory) throws IOException {
    enter(DiskCall.CREATE_DIRECTORIES, directory);
    synchronized (this) {
      names.createDirectories(directory);
    }
  }

  @Override
  public void syncDirectory(String directory) throws IOException {
    enter(DiskCall.SYNC_DIRECTORY, directory);
    synchronized (this) {
      names.sync(directory);
    }
  }

  @Override
  public long usableBytes() {
    announce();
    synchronized (this) {
      return space.quotaBytes() == Long.MAX_VALUE
          ? FREE_BYTES
          : Math.max(0, space.quotaBytes() - space.usedBytes());
    }
  }

  @Override
  public DiskLock lock(String path, String holder) throws IOException {
    enter(DiskCall.LOCK, path);
    synchronized (this) {
      String other = locks.get(path);
      if (other != null) {
        throw new LockHeldException(path, other);
      }
      if (names.file(path) == null) {
        names.create(path, new SimInode());
      }
      locks.put(path, holder);
    }
    return () -> {
      synchronized (this) {
        locks.remove(path);
      }
    };
  }

  @Override
  public synchronized boolean reservesBlocks() {
    return reservesBlocks;
  }

  @Override
  public String describe() {
    return "simulated disk";
  }

  // ---- for its files and regions

  SimSpace space() {
    return space;
  }

  /** Announces a call; throws the fault that is due, which does nothing else. */
  void enter(DiskCall call, String path) throws IOException {
    Fault fault = enterWithFault(call, path);
    if (fault != null) {
      throw failure(fault, call, path);
    }
  }

  /** Announces a call; returns the fault that its caller has to act out. */
  @Nullable Fault enterWithFault(DiskCall call, String path) {
    announce();
    synchronized (this) {
      counters.count(call, ++calls);
      if (slowTime != null && random.nextInt(slowOdds) == 0) {
        slowTime.advance(random.nextLong(slowNanos + 1));
      }
      Fault fault = faults.next(call, path);
      if (fault != null) {
        counters.fault(fault);
      }
      return fault;
    }
  }

  static IOException failure(Fault fault, DiskCall call, String path) {
    return fault == Fault.ENOSPC
        ? new DiskFullIoException(call + " of " + path + ": no space (injected)", null)
        : new IOException(call + " of " + path + ": input/output error (injected)");
  }

  /** Returns where to pause in a copy, 0 if it is to be done at once. */
  synchronized int tear(int length) {
    if (threads == null || length < 2 || random.nextInt(tearOdds) != 0 || !threads.active()) {
      return 0;
    }
    return 1 + random.nextInt(length - 1);
  }

  synchronized boolean coin() {
    return random.nextBoolean();
  }

  /** Returns how much of a failing call is done. */
  synchronized long shortened(long length) {
    return length < 1 ? 0 : random.nextLong(length);
  }

  void announce() {
    if (threads != null) {
      threads.step(Step.DISK);
    }
    checkAlive();
  }

  synchronized void checkAlive() {
    if (dead) {
      throw new SimCrash();
    }
  }

  boolean skipsForce(String path) {
    return skippedForces.test(path);
  }

  synchronized void closed(String path, SimInode inode) {
    inode.closed();
    if (inode.handles() == 0 && names.file(path) != inode && !isNamed(inode)) {
      inode.releaseAll(space);
    }
  }

  private boolean isNamed(SimInode inode) {
    return names.files().values().stream().anyMatch(other -> other == inode);
  }

  private SimInode inode(String path) {
    SimInode inode = names.file(path);
    if (inode == null) {
      throw new IllegalArgumentException(path + " is not one of " + names.files().keySet());
    }
    return inode;
  }

  private SimDisk inherit(SimDisk heir) {
    heir.space.quotaBytes(space.quotaBytes());
    heir.skippedForces = skippedForces;
    heir.reservesBlocks = reservesBlocks;
    heir.tearOdds = tearOdds;
    heir.slowTime = slowTime;
    heir.slowOdds = slowOdds;
    heir.slowNanos = slowNanos;
    return heir;
  }
}
