// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Threads;
import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.JobEntry;
import io.firn.cold.format.Manifest;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.io.DiskLedger;
import io.firn.cold.wal.LogHistory;
import io.firn.cold.wal.OldLogSegment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The two manifest files, written alternately: number, content, checksum, force. The valid one with
 * the higher number counts; no rename, and no new block, because room for what is added to the next
 * manifest is made in both files before. Reading and writing are for one thread at a time; making
 * room is thread-safe.
 */
final class ManifestStore {
  /** The names of the two files. */
  static final List<String> NAMES = List.of("manifest-a", "manifest-b");

  private static final int GRANULE_BYTES = 4096;

  /** Room for what comes and goes without notice, such as open extents and new segments. */
  private static final int SLACK_BYTES = 2048;

  private final Disk disk;
  private final DiskLedger ledger;
  private final long[] sizes = new long[NAMES.size()];
  private final long[] redoLsns = {Long.MAX_VALUE, Long.MAX_VALUE};
  private @Nullable Manifest current;
  private int currentIndex = 1;
  private boolean afterCrash;

  /** Held over I/O; guards the sizes of the files and how much of them is spoken for. */
  private final Lock turn;

  /** Without the states of jobs. */
  private long plannedBytes = SLACK_BYTES;

  private final LongSupplier jobBytes;

  /** The last write failed: the older file may or may not hold a manifest that counts. */
  private boolean inDoubt;

  ManifestStore(Disk disk, DiskLedger ledger, Threads threads, LongSupplier jobBytes) {
    this.disk = disk;
    this.ledger = ledger;
    this.turn = threads.newLock("manifests");
    this.jobBytes = jobBytes;
  }

  /**
   * Reads both files.
   *
   * @return what is wrong with each file that does not verify
   * @throws io.firn.cold.model.UnsupportedVersionException if a newer version wrote them
   */
  List<String> load() throws IOException {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < NAMES.size(); i++) {
      String name = NAMES.get(i);
      if (!disk.exists(name)) {
        continue;
      }
      try (DiskFile file = disk.open(name, Disk.OpenMode.READ)) {
        long size = file.size();
        byte[] bytes = new byte[(int) Math.min(size, Integer.MAX_VALUE - 8)];
        file.read(0, bytes, 0, bytes.length);
        sizes[i] = size;
        ledger.adopt(size);
        if (!isUnwritten(bytes)) {
          accept(i, Manifest.decode(bytes, name));
        }
      } catch (CorruptBytesException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    return problems;
  }

  private static boolean isUnwritten(byte[] bytes) {
    for (byte each : bytes) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  private void accept(int i, Manifest manifest) {
    plannedBytes = Math.max(plannedBytes, plannedBytes(manifest, manifest.encode().length));
    redoLsns[i] = manifest.redoLsn();
    Manifest best = current;
    if (best == null || manifest.number() > best.number()) {
      current = manifest;
      currentIndex = i;
    }
  }

  private static long plannedBytes(Manifest manifest, int length) {
    long jobs = manifest.jobs().stream().mapToLong(JobEntry::bytes).sum();
    return length - jobs + SLACK_BYTES;
  }

  /** Returns the manifest that counts; null if there is none. */
  @Nullable Manifest current() {
    return current;
  }

  /** Returns the number for the next manifest. */
  long nextNumber() {
    Manifest last = current;
    return last == null ? 1 : last.number() + 1;
  }

  /** Returns the LSN from which either manifest needs the log. */
  long neededLsn() {
    return Math.min(redoLsns[0], redoLsns[1]);
  }

  /**
   * Tells whether the life before this one did not close the store, so that it may have left what
   * it was about to replace half-written: the older manifest, older snapshots.
   */
  boolean isAfterCrash() {
    return afterCrash;
  }

  /** Finds that out, at opening. One that only died writes nothing, but a log segment. */
  void afterCrash(Manifest manifest, LogHistory history) {
    List<OldLogSegment> segments = history.segments();
    boolean closed =
        manifest.cleanEndLsn() != 0
            && (segments.isEmpty()
                || segments.get(segments.size() - 1).baseLsn() <= manifest.cleanEndLsn());
    afterCrash = !closed;
  }

  /** Returns the bytes by which both files may grow for so many more in a manifest, at most. */
  static long growthBytes(int moreBytes) {
    return NAMES.size() * (long) (moreBytes + GRANULE_BYTES);
  }

  /** Returns the bytes that both files take. */
  long bytes() {
    return sizes[0] + sizes[1];
  }

  /** Returns the name of the file that holds the manifest that counts. */
  String currentName() {
    return NAMES.get(currentIndex);
  }

  /**
   * Makes both files and their names durable, which a crash may have left in the page cache only.
   * They are written once more: if a force of them has failed in an earlier life, another force
   * alone would do nothing.
   */
  void rewrite() throws IOException {
    for (String name : NAMES) {
      if (disk.exists(name)) {
        try (DiskFile file = disk.open(name, Disk.OpenMode.WRITE)) {
          byte[] bytes = new byte[(int) file.size()];
          file.read(0, bytes, 0, bytes.length);
          file.write(0, bytes, 0, bytes.length);
          file.force();
        }
      }
    }
    disk.syncDirectory("");
  }

  /**
   * Makes sure that both files have room for a manifest that is so much larger than the last one,
   * and for the states of all jobs.
   *
   * @throws io.firn.cold.model.DiskFullException if the store has no room
   * @throws IOException if the disk has none, or fails
   */
  void ensureRoom(int moreBytes) throws IOException {
    turn.lock();
    try {
      long planned = plannedBytes + moreBytes;
      long needed = planned + jobBytes.getAsLong();
      boolean created = false;
      for (int i = 0; i < NAMES.size(); i++) {
        if (sizes[i] < needed) {
          created |= sizes[i] == 0;
          try (DiskFile file = disk.open(NAMES.get(i), Disk.OpenMode.CREATE)) {
            grow(i, file, needed);
          }
        }
      }
      if (created) {
        disk.syncDirectory("");
      }
      plannedBytes = planned;
    } finally {
      turn.unlock();
    }
  }

  private void grow(int i, DiskFile file, long neededBytes) throws IOException {
    long size = (neededBytes + GRANULE_BYTES - 1) / GRANULE_BYTES * GRANULE_BYTES;
    long more = size - sizes[i];
    ledger.reserve(more, 0, NAMES.get(i));
    boolean done = false;
    try {
      file.zero(sizes[i], more);
      sizes[i] = size;
      done = true;
    } finally {
      if (!done) {
        ledger.release(more);
      }
    }
  }

  /**
   * Makes sure, before a snapshot is overwritten, that no manifest of a write that failed names it.
   */
  void settle() throws IOException {
    turn.lock();
    try {
      int i = 1 - currentIndex;
      if (inDoubt) {
        try (DiskFile file = disk.open(NAMES.get(i), Disk.OpenMode.CREATE)) {
          file.zero(0, sizes[i]);
          file.force();
        }
        inDoubt = false;
      }
    } finally {
      turn.unlock();
    }
  }

  /** Writes and forces a manifest over the older of the two. */
  void write(Manifest manifest) throws IOException {
    turn.lock();
    try {
      writeInTurn(manifest);
    } finally {
      turn.unlock();
    }
  }

  private void writeInTurn(Manifest manifest) throws IOException {
    int i = 1 - currentIndex;
    byte[] bytes = manifest.encode();
    try (DiskFile file = disk.open(NAMES.get(i), Disk.OpenMode.CREATE)) {
      if (sizes[i] < bytes.length) {
        grow(i, file, bytes.length);
      }
      redoLsns[i] = 0;
      inDoubt = true;
      file.write(0, bytes, 0, bytes.length);
      file.force();
      inDoubt = false;
    }
    if (manifest.number() <= NAMES.size()) {
      disk.syncDirectory("");
    }
    plannedBytes = plannedBytes(manifest, bytes.length);
    redoLsns[i] = manifest.redoLsn();
    current = manifest;
    currentIndex = i;
  }
}
