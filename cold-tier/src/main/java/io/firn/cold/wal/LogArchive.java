// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.wal;

import io.firn.cold.agent.Threads;
import io.firn.cold.compress.Zstd;
import io.firn.cold.format.LogSegmentHeader;
import io.firn.cold.io.AsyncIo;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.io.DiskLedger;
import io.firn.cold.io.DiskOperation;
import io.firn.cold.model.Loggers;
import io.firn.cold.model.TimeSource;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import org.slf4j.Logger;

/**
 * Keeps log segments, compressed, that no recovery needs any more, as far as the policy and the
 * disk allow. Thread-safe.
 *
 * <p>A segment is written under a temporary name, forced, and renamed before its own file goes; so
 * a crash leaves a whole archive or none, and perhaps a temporary file, which the next opening
 * deletes. Nothing here ever fails for the caller: what cannot be kept is counted and gone.
 */
public final class LogArchive {
  /** The directory of the archives. */
  public static final String DIRECTORY = "archive";

  /** How the name of a compressed archive ends. */
  public static final String COMPRESSED = ".wal.zst";

  /** How the name of an archive ends where there is no compression. */
  public static final String PLAIN = ".wal";

  private static final Logger LOG = Loggers.of(LogArchive.class);
  private static final String TEMPORARY = ".tmp";
  private static final int CHUNK_BYTES = 256 << 10;
  private static final int HEX_DIGITS = 16;
  private static final int HEX = 16;

  /** Others must find this share of the disk free before an archive takes any. */
  private static final int SHARE_LEFT_FREE = 8;

  private final ArchivePolicy policy;
  private final Disk disk;
  private final DiskLedger ledger;
  private final AsyncIo io;
  private final TimeSource time;

  /** Guards {@code kept}; held over I/O by whoever keeps or deletes an archive. */
  private final Lock turn;

  private final Deque<Kept> kept = new ArrayDeque<>();
  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong failures = new AtomicLong();

  private record Kept(String path, long sequence, long wallMillis, long bytes) {}

  /** Creates an archive; call {@link #open} before it keeps anything. */
  public LogArchive(
      ArchivePolicy policy,
      Disk disk,
      DiskLedger ledger,
      AsyncIo io,
      Threads threads,
      TimeSource time) {
    this.policy = policy;
    this.disk = disk;
    this.ledger = ledger;
    this.io = io;
    this.time = time;
    this.turn = threads.newLock("archive turn");
  }

  /** Finds the archives of earlier lives, and deletes what one that ended early left behind. */
  public void open() throws IOException {
    turn.lock();
    try {
      for (String name : disk.list(DIRECTORY)) {
        String path = DIRECTORY + "/" + name;
        if (name.endsWith(TEMPORARY)) {
          disk.delete(path);
        } else {
          adopt(name, path);
        }
      }
    } finally {
      turn.unlock();
    }
  }

  /** Files with names of another kind are somebody else's: they are left alone. */
  private void adopt(String name, String path) throws IOException {
    if (name.length() < 2 * HEX_DIGITS + 1 || !name.contains(PLAIN)) {
      return;
    }
    try (DiskFile file = disk.open(path, Disk.OpenMode.READ)) {
      long sequence = Long.parseLong(name.substring(0, HEX_DIGITS), HEX);
      long millis = Long.parseLong(name.substring(HEX_DIGITS + 1, 2 * HEX_DIGITS + 1), HEX);
      Kept found = new Kept(path, sequence, millis, file.size());
      kept.add(found);
      ledger.adopt(found.bytes);
      long unused = bytes.addAndGet(found.bytes);
    } catch (NumberFormatException e) {
      LOG.debug("{} is no archive of the log", path);
    }
  }

  /** Returns the bytes of all archives. */
  public long bytes() {
    return bytes.get();
  }

  /** Returns how many segments could not be kept that should have been. */
  public long failures() {
    return failures.get();
  }

  /**
   * Keeps a segment whose file is about to go.
   *
   * @param path of its file
   * @param sequence of the segment
   * @param usedBytes how much of the file is part of the history
   */
  void keep(String path, long sequence, long usedBytes) {
    if (policy.isNone() || usedBytes <= LogSegmentHeader.BYTES) {
      return;
    }
    turn.lock();
    try {
      if (kept.stream().noneMatch(other -> other.sequence == sequence)) {
        Kept added = io.run(DiskOperation.WRITE, () -> write(path, sequence, usedBytes));
        kept.add(added);
        long unused = bytes.addAndGet(added.bytes);
      }
      prune();
    } catch (IOException | RuntimeException e) {
      long unused = failures.incrementAndGet();
      LOG.warn("log segment {} of {} is not kept", sequence, disk.describe(), e);
    } finally {
      turn.unlock();
    }
  }

  /** Deletes the oldest archives while one of the bounds is passed. */
  private void prune() throws IOException {
    long oldestMillis = time.wallMillis() - policy.maximumAge().toMillis();
    while (!kept.isEmpty()
        && (kept.size() > policy.maximumSegments()
            || bytes.get() > policy.maximumBytes()
            || kept.element().wallMillis < oldestMillis)) {
      deleteOldest();
    }
  }

  private void deleteOldest() throws IOException {
    Kept oldest = kept.element();
    disk.delete(oldest.path);
    kept.remove();
    ledger.release(oldest.bytes);
    long unused = bytes.addAndGet(-oldest.bytes);
  }

  /** Deletes the older half of the archives because space is short; tells whether any went. */
  public boolean giveUp() {
    turn.lock();
    try {
      int gone = (kept.size() + 1) / 2;
      for (int i = 0; i < gone; i++) {
        deleteOldest();
      }
      return gone > 0;
    } catch (IOException e) {
      LOG.warn("an archive in {} cannot be deleted", disk.describe(), e);
      return false;
    } finally {
      turn.unlock();
    }
  }

  /** Writes the archive of a segment; on an I/O worker. */
  private Kept write(String path, long sequence, long usedBytes) throws IOException {
    boolean compresses = Zstd.isAvailable();
    long millis = time.wallMillis();
    String target =
        String.format(
            "%s/%016x-%016x%s", DIRECTORY, sequence, millis, compresses ? COMPRESSED : PLAIN);
    // What does not shrink grows by far less than this.
    long reserved = usedBytes + usedBytes / HEX + CHUNK_BYTES;
    if (!ledger.tryReserve(reserved, ledger.maximumBytes() / SHARE_LEFT_FREE)) {
      throw new IOException("no room for an archive of " + reserved + " bytes");
    }
    long written = 0;
    try {
      disk.createDirectories(DIRECTORY);
      written = copy(path, usedBytes, target + TEMPORARY, compresses);
      disk.rename(target + TEMPORARY, target);
      disk.syncDirectory(DIRECTORY);
      disk.syncDirectory("");
      return new Kept(target, sequence, millis, written);
    } catch (IOException | RuntimeException e) {
      written = 0;
      remove(target + TEMPORARY);
      remove(target);
      throw e;
    } finally {
      ledger.release(reserved - written);
    }
  }

  private void remove(String path) {
    try {
      disk.delete(path);
    } catch (IOException e) {
      LOG.debug("{} stays behind", path, e);
    }
  }

  private long copy(String path, long usedBytes, String target, boolean compresses)
      throws IOException {
    try (DiskFile source = disk.open(path, Disk.OpenMode.READ);
        DiskFile file = disk.open(target, Disk.OpenMode.CREATE)) {
      file.truncate(0);
      FileSink sink = new FileSink(file);
      try (OutputStream out = compresses ? Zstd.compressing(sink) : sink) {
        byte[] chunk = new byte[CHUNK_BYTES];
        long end = Math.min(usedBytes, source.size());
        for (long at = 0; at < end; at += chunk.length) {
          int length = (int) Math.min(chunk.length, end - at);
          source.read(at, chunk, 0, length);
          out.write(chunk, 0, length);
        }
      }
      file.force();
      return sink.position;
    }
  }

  /** Appends to a file. */
  private static final class FileSink extends OutputStream {
    private final DiskFile file;
    private long position;

    FileSink(DiskFile file) {
      this.file = file;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      file.write(position, bytes, offset, length);
      position += length;
    }
  }
}
