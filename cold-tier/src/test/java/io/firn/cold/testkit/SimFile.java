// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import io.firn.cold.io.AppendRegion;
import io.firn.cold.io.DiskFile;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonWritableChannelException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A handle of a simulated file. */
final class SimFile implements DiskFile {
  private final SimDisk disk;
  private final String path;
  private final SimInode inode;
  private final boolean writable;
  private int regions;
  private boolean closed;

  SimFile(SimDisk disk, String path, SimInode inode, boolean writable) {
    this.disk = disk;
    this.path = path;
    this.inode = inode;
    this.writable = writable;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public long size() throws IOException {
    disk.announce();
    synchronized (disk) {
      requireOpen();
      return inode.size();
    }
  }

  @Override
  public void read(long position, byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    disk.enter(DiskCall.READ, path);
    int first = disk.tear(length);
    if (first > 0) {
      readPart(position, target, offset, first);
      disk.announce();
    }
    readPart(position + first, target, offset + first, length - first);
  }

  private void readPart(long position, byte[] target, int offset, int length) throws IOException {
    synchronized (disk) {
      requireOpen();
      if (position + length > inode.size()) {
        throw new EOFException(
            path + ": " + length + " bytes at " + position + " of " + inode.size());
      }
      inode.read(position, target, offset, length);
      disk.counters().moved(DiskCall.READ, length);
    }
  }

  @Override
  public void write(long position, byte[] source, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, source.length);
    Fault fault = disk.enterWithFault(DiskCall.WRITE, path);
    requireWritable();
    if (fault != null) {
      if (fault == Fault.SHORT) {
        writePart(position, source, offset, (int) disk.shortened(length));
      }
      throw SimDisk.failure(fault, DiskCall.WRITE, path);
    }
    int first = disk.tear(length);
    if (first > 0) {
      writePart(position, source, offset, first);
      disk.announce();
    }
    writePart(position + first, source, offset + first, length - first);
  }

  private void writePart(long position, byte[] source, int offset, int length) throws IOException {
    synchronized (disk) {
      requireOpen();
      inode.write(position, source, offset, length, disk.space());
      disk.counters().moved(DiskCall.WRITE, length);
    }
  }

  @Override
  public void zero(long position, long length) throws IOException {
    zero(DiskCall.ZERO, position, length);
  }

  void zero(DiskCall call, long position, long length) throws IOException {
    Fault fault = disk.enterWithFault(call, path);
    requireWritable();
    if (fault != null) {
      if (fault == Fault.SHORT) {
        zeroPart(call, position, disk.shortened(length));
      }
      throw SimDisk.failure(fault, call, path);
    }
    int first = disk.tear((int) Math.min(length, Integer.MAX_VALUE));
    if (first > 0) {
      zeroPart(call, position, first);
      disk.announce();
    }
    zeroPart(call, position + first, length - first);
  }

  private void zeroPart(DiskCall call, long position, long length) throws IOException {
    synchronized (disk) {
      requireOpen();
      inode.zero(position, length, disk.space());
      disk.counters().moved(call, length);
    }
  }

  @Override
  public void truncate(long size) throws IOException {
    disk.enter(DiskCall.TRUNCATE, path);
    requireWritable();
    synchronized (disk) {
      requireOpen();
      inode.truncate(size, disk.space());
    }
  }

  @Override
  public void force() throws IOException {
    Fault fault = disk.enterWithFault(DiskCall.FORCE, path);
    synchronized (disk) {
      requireOpen();
      if (inode.hasForceFailed()) {
        disk.forcedAgain(path);
      }
      if (fault != null) {
        inode.forceFailed(disk.space().random());
        throw SimDisk.failure(fault, DiskCall.FORCE, path);
      }
      if (!disk.skipsForce(path)) {
        inode.force();
      }
    }
  }

  @Override
  public AppendRegion region(long start, long length) throws IOException {
    disk.enter(DiskCall.REGION, path);
    requireWritable();
    synchronized (disk) {
      requireOpen();
      inode.grow(start + length);
      regions++;
      return new SimRegion(disk, this, inode, start, start + length, true);
    }
  }

  @Override
  public @Nullable AppendRegion readRegion(long capacity) throws IOException {
    disk.enter(DiskCall.REGION, path);
    synchronized (disk) {
      requireOpen();
      regions++;
      return new SimRegion(disk, this, inode, 0, capacity, false);
    }
  }

  void regionClosed() {
    regions--;
  }

  @Override
  public void close() {
    disk.announce();
    synchronized (disk) {
      if (!closed) {
        if (regions > 0) {
          throw new IllegalStateException(path + " is closed with " + regions + " open regions");
        }
        closed = true;
        disk.closed(path, inode);
      }
    }
  }

  private void requireOpen() throws ClosedChannelException {
    if (closed) {
      throw new ClosedChannelException();
    }
  }

  private void requireWritable() {
    if (!writable) {
      throw new NonWritableChannelException();
    }
  }

  @Override
  public String toString() {
    return path;
  }
}
