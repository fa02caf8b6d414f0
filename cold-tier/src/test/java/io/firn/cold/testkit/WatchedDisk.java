// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import io.firn.cold.io.AppendRegion;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.io.DiskLock;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A simulated disk that keeps the largest sum of its file sizes, counts open handles, and tells
 * what is published.
 */
public final class WatchedDisk implements Disk {
  private final SimDisk disk;
  private final AtomicLong largest = new AtomicLong();
  private final AtomicInteger open = new AtomicInteger();
  private @Nullable PublishListener listener;

  /** Hears of what is published, on the thread that does it, before it is. */
  @FunctionalInterface
  public interface PublishListener {
    /** Takes notice of some bytes that are about to stand in a file; may only copy them. */
    void publishes(String path, byte[] source, int offset, int length);
  }

  /** Watches a disk. */
  public WatchedDisk(SimDisk disk) {
    this.disk = disk;
  }

  /** Sets who hears of what is published in regions that are made from now on. */
  public WatchedDisk onPublish(PublishListener hears) {
    listener = hears;
    return this;
  }

  /** Returns the largest sum of all file sizes after any call that changed one. */
  public long largestBytes() {
    return largest.get();
  }

  /** Returns how many files and regions are open. */
  public int openHandles() {
    return open.get();
  }

  private void look() {
    long sum = disk.sizes().values().stream().mapToLong(Long::longValue).sum();
    largest.accumulateAndGet(sum, Math::max);
  }

  @Override
  public DiskFile open(String path, OpenMode mode) throws IOException {
    DiskFile file = disk.open(path, mode);
    open.incrementAndGet();
    look();
    return new WatchedFile(file);
  }

  @Override
  public boolean exists(String path) {
    return disk.exists(path);
  }

  @Override
  public void delete(String path) throws IOException {
    disk.delete(path);
  }

  @Override
  public void rename(String from, String to) throws IOException {
    disk.rename(from, to);
  }

  @Override
  public List<String> list(String directory) throws IOException {
    return disk.list(directory);
  }

  @Override
  public void createDirectories(String directory) throws IOException {
    disk.createDirectories(directory);
  }

  @Override
  public void syncDirectory(String directory) throws IOException {
    disk.syncDirectory(directory);
  }

  @Override
  public long usableBytes() {
    return disk.usableBytes();
  }

  @Override
  public DiskLock lock(String path, String holder) throws IOException {
    return disk.lock(path, holder);
  }

  @Override
  public boolean reservesBlocks() {
    return disk.reservesBlocks();
  }

  @Override
  public String describe() {
    return disk.describe();
  }

  private final class WatchedFile implements DiskFile {
    private final DiskFile file;
    private boolean closed;

    WatchedFile(DiskFile file) {
      this.file = file;
    }

    @Override
    public String path() {
      return file.path();
    }

    @Override
    public long size() throws IOException {
      return file.size();
    }

    @Override
    public void read(long position, byte[] target, int offset, int length) throws IOException {
      file.read(position, target, offset, length);
    }

    @Override
    public void write(long position, byte[] source, int offset, int length) throws IOException {
      try {
        file.write(position, source, offset, length);
      } finally {
        look();
      }
    }

    @Override
    public void zero(long position, long length) throws IOException {
      try {
        file.zero(position, length);
      } finally {
        look();
      }
    }

    @Override
    public void truncate(long size) throws IOException {
      file.truncate(size);
      look();
    }

    @Override
    public void force() throws IOException {
      file.force();
    }

    @Override
    public AppendRegion region(long start, long length) throws IOException {
      AppendRegion region = file.region(start, length);
      look();
      return listener == null ? region : new WatchedRegion(region, path(), listener);
    }

    @Override
    public @Nullable AppendRegion readRegion(long capacity) throws IOException {
      return file.readRegion(capacity);
    }

    @Override
    public synchronized void close() throws IOException {
      if (!closed) {
        closed = true;
        open.decrementAndGet();
      }
      file.close();
    }
  }

  private record WatchedRegion(AppendRegion region, String path, PublishListener listener)
      implements AppendRegion {
    @Override
    public long end() {
      return region.end();
    }

    @Override
    public void put(long position, byte[] source, int offset, int length) throws IOException {
      region.put(position, source, offset, length);
    }

    @Override
    public void publish(long position, byte[] source, int offset, int length) throws IOException {
      listener.publishes(path, source, offset, length);
      region.publish(position, source, offset, length);
    }

    @Override
    public void get(long position, byte[] target, int offset, int length) throws IOException {
      region.get(position, target, offset, length);
    }

    @Override
    public void prepare(long position, long length) throws IOException {
      region.prepare(position, length);
    }

    @Override
    public void force() throws IOException {
      region.force();
    }

    @Override
    public boolean storesOutliveIt() {
      return region.storesOutliveIt();
    }

    @Override
    public void close() {
      region.close();
    }
  }
}
