// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import io.firn.cold.io.AppendRegion;
import java.io.IOException;
import java.util.Objects;

/**
 * A range of a simulated file as mapped memory. Using it after it was unmapped is a failure of the
 * caller, not of the disk; beyond the end of the file it is a fault.
 */
final class SimRegion implements AppendRegion {
  private static final int PUBLISHED_LAST = 4;

  private final SimDisk disk;
  private final SimFile file;
  private final SimInode inode;
  private final long start;
  private final long end;
  private final boolean writable;
  private boolean closed;

  SimRegion(SimDisk disk, SimFile file, SimInode inode, long start, long end, boolean writable) {
    this.disk = disk;
    this.file = file;
    this.inode = inode;
    this.start = start;
    this.end = end;
    this.writable = writable;
  }

  @Override
  public long end() {
    return end;
  }

  @Override
  public void put(long position, byte[] source, int offset, int length) throws IOException {
    requireWritable();
    check(position, source, offset, length);
    Fault fault = disk.enterWithFault(DiskCall.PUT, file.path());
    if (fault != null) {
      failStore(fault, DiskCall.PUT, position, source, offset, length);
    }
    store(DiskCall.PUT, position, source, offset, length);
  }

  @Override
  public void publish(long position, byte[] source, int offset, int length) throws IOException {
    requireWritable();
    check(position, source, offset, length);
    if (position % 8 != 0 || length < PUBLISHED_LAST) {
      throw new IllegalArgumentException("publish of " + length + " bytes at " + position);
    }
    Fault fault = disk.enterWithFault(DiskCall.PUBLISH, file.path());
    int rest = length - PUBLISHED_LAST;
    if (fault != null) {
      failStore(
          fault,
          DiskCall.PUBLISH,
          position + PUBLISHED_LAST,
          source,
          offset + PUBLISHED_LAST,
          rest);
    }
    store(DiskCall.PUBLISH, position + PUBLISHED_LAST, source, offset + PUBLISHED_LAST, rest);
    disk.announce();
    storePart(DiskCall.PUBLISH, position, source, offset, PUBLISHED_LAST);
  }

  @Override
  public void get(long position, byte[] target, int offset, int length) throws IOException {
    check(position, target, offset, length);
    Fault fault = disk.enterWithFault(DiskCall.GET, file.path());
    if (fault != null) {
      throw SimDisk.failure(fault, DiskCall.GET, file.path());
    }
    int first = disk.tear(length);
    if (first > 0) {
      getPart(position, target, offset, first);
      disk.announce();
    }
    getPart(position + first, target, offset + first, length - first);
  }

  private void getPart(long position, byte[] target, int offset, int length) throws IOException {
    synchronized (disk) {
      requireMapped(position, length);
      inode.read(position, target, offset, length);
      disk.counters().moved(DiskCall.GET, length);
    }
  }

  @Override
  public void prepare(long position, long length) throws IOException {
    Objects.checkFromIndexSize(position - start, length, end - start);
    requireWritable();
    synchronized (disk) {
      requireMapped(position, length);
    }
    file.zero(DiskCall.PREPARE, position, length);
  }

  @Override
  public void force() throws IOException {
    synchronized (disk) {
      requireMapped(0, 0);
    }
    file.force();
  }

  @Override
  public boolean storesOutliveIt() {
    return true;
  }

  @Override
  public void close() {
    disk.announce();
    synchronized (disk) {
      if (!closed) {
        closed = true;
        file.regionClosed();
      }
    }
  }

  /** Does what a failing store still does, then throws. */
  private void failStore(
      Fault fault, DiskCall call, long position, byte[] source, int offset, int length)
      throws IOException {
    if (fault == Fault.SHORT) {
      storePart(call, position, source, offset, (int) disk.shortened(length));
    }
    throw SimDisk.failure(fault, call, file.path());
  }

  private void store(DiskCall call, long position, byte[] source, int offset, int length)
      throws IOException {
    int first = disk.tear(length);
    if (first == 0) {
      storePart(call, position, source, offset, length);
    } else if (disk.coin()) {
      storePart(call, position, source, offset, first);
      disk.announce();
      storePart(call, position + first, source, offset + first, length - first);
    } else {
      storePart(call, position + first, source, offset + first, length - first);
      disk.announce();
      storePart(call, position, source, offset, first);
    }
  }

  private void storePart(DiskCall call, long position, byte[] source, int offset, int length)
      throws IOException {
    synchronized (disk) {
      requireMapped(position, length);
      inode.write(position, source, offset, length, disk.space());
      disk.counters().moved(call, length);
    }
  }

  private void check(long position, byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    Objects.checkFromIndexSize(position - start, length, end - start);
  }

  private void requireWritable() {
    if (!writable) {
      throw new IllegalStateException(file.path() + ": a read region is written");
    }
  }

  private void requireMapped(long position, long length) throws IOException {
    if (closed) {
      throw new IllegalStateException(file.path() + ": a region is used after it was unmapped");
    }
    if (position + length > inode.size()) {
      throw new IOException(
          file.path() + ": fault at " + position + ", the file ends at " + inode.size());
    }
  }
}
