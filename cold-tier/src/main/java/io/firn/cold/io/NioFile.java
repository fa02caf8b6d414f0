// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.firn.cold.memory.MappedMemory;
import io.firn.cold.model.SteadyThread;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** A file reached through channels. It must be neither renamed nor deleted while it is open. */
final class NioFile implements DiskFile {
  /* An interrupted thread closes the channel that it is using, for everybody. So there are two. The
   * shared one serves every caller: whoever finds it closed opens it again and repeats the call,
   * which is harmless because all calls are positional. The steady one is used by threads that nobody
   * interrupts and is closed by close() only. Callers that lose the shared channel too often continue
   * there, so a storm of interrupts cannot starve them. Forces run there always: the exception for
   * the closed channel would hide that a force has failed, and the platform reports that only once. */
  static final int CHUNK_BYTES = 256 << 10;

  /**
   * What is zeroed at once. A kernel that keeps pages in large folios makes one of each write, and
   * writes all of it again for every byte that is stored there afterwards.
   */
  private static final int ZERO_BYTES = 16 << 10;

  private static final int MAX_INTERRUPTS = 2;
  private static final int MAX_REOPENS = 8;
  private static final byte[] ZEROS = new byte[ZERO_BYTES];
  private static final byte[] NO_BYTES = {};

  private final NioDisk disk;
  private final String path;
  private final Path file;
  private final Set<? extends OpenOption> options;
  private final Lock lock = new ReentrantLock();
  private volatile FileChannel shared;
  private volatile @Nullable FileChannel steady;
  private volatile boolean closed;

  private NioFile(
      NioDisk disk, String path, Path file, Set<? extends OpenOption> options, FileChannel first) {
    this.disk = disk;
    this.path = path;
    this.file = file;
    this.options = options;
    this.shared = first;
  }

  static NioFile open(
      NioDisk disk, String path, Path file, Disk.OpenMode mode, FileAttribute<?>... attributes)
      throws IOException {
    Set<StandardOpenOption> options =
        mode == Disk.OpenMode.READ
            ? Set.of(StandardOpenOption.READ)
            : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
    Set<StandardOpenOption> first =
        mode == Disk.OpenMode.CREATE
            ? Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE)
            : options;
    FileChannel channel =
        mode == Disk.OpenMode.CREATE
            ? FileChannel.open(file, first, attributes)
            : FileChannel.open(file, first);
    return new NioFile(disk, path, file, options, channel);
  }

  private enum Action {
    READ,
    WRITE,
    SIZE,
    TRUNCATE
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public long size() throws IOException {
    return call(Action.SIZE, 0, NO_BYTES, 0, 0);
  }

  @Override
  public void read(long position, byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    call(Action.READ, position, target, offset, length);
  }

  @Override
  public void write(long position, byte[] source, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, source.length);
    call(Action.WRITE, position, source, offset, length);
  }

  @Override
  public void zero(long position, long length) throws IOException {
    for (long done = 0; done < length; ) {
      int chunk = (int) Math.min(ZEROS.length, length - done);
      call(Action.WRITE, position + done, ZEROS, 0, chunk);
      done += chunk;
    }
  }

  @Override
  public void truncate(long size) throws IOException {
    call(Action.TRUNCATE, size, NO_BYTES, 0, 0);
  }

  @Override
  public void force() throws IOException {
    try {
      Uninterrupted.run(() -> steady().force(false));
    } catch (IOException e) {
      throw IoErrors.named(describe(), e);
    }
  }

  @Override
  public AppendRegion region(long start, long length) throws IOException {
    if (!disk.reservesBlocks()) {
      return BufferedRegion.open(this, start, length);
    }
    return new MappedRegion(this, start, map(MapMode.READ_WRITE, start, length), true);
  }

  @Override
  public @Nullable AppendRegion readRegion(long capacity) throws IOException {
    if (!disk.reservesBlocks()) {
      return null;
    }
    long size = size();
    if (size < capacity) {
      throw new EOFException(
          describe() + " has " + size + " bytes, a region of " + capacity + " was asked for");
    }
    return new MappedRegion(this, 0, map(MapMode.READ_ONLY, 0, capacity), false);
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      closed = true;
      FileChannel second = steady;
      try {
        shared.close();
      } finally {
        if (second != null) {
          second.close();
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns the channel that an interrupt may close. */
  FileChannel sharedChannel() {
    return shared;
  }

  /** Returns the whole path, for messages. */
  String describe() {
    return file.toString();
  }

  private MappedMemory map(MapMode mode, long start, long length) throws IOException {
    try {
      return Uninterrupted.call(() -> MappedMemory.map(steady(), mode, start, length));
    } catch (IOException e) {
      throw IoErrors.named(describe(), e);
    }
  }

  @CanIgnoreReturnValue
  private long call(Action action, long position, byte[] bytes, int offset, int length)
      throws IOException {
    try {
      if (SteadyThread.isCurrent()) {
        return perform(steady(), action, position, bytes, offset, length);
      }
      return callInterruptibly(action, position, bytes, offset, length);
    } catch (IOException e) {
      throw IoErrors.named(describe(), e);
    }
  }

  private long callInterruptibly(Action action, long position, byte[] bytes, int offset, int length)
      throws IOException {
    boolean interrupted = Thread.interrupted();
    int interrupts = 0;
    int reopens = 0;
    try {
      while (interrupts < MAX_INTERRUPTS && reopens < MAX_REOPENS) {
        FileChannel used = shared;
        try {
          return perform(used, action, position, bytes, offset, length);
        } catch (ClosedByInterruptException e) {
          interrupted = true;
          interrupts += Thread.interrupted() ? 1 : 0;
          reopens++;
          reopen(used);
        } catch (ClosedChannelException e) {
          reopens++;
          reopen(used);
        }
      }
      return Uninterrupted.call(() -> perform(steady(), action, position, bytes, offset, length));
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private long perform(
      FileChannel channel, Action action, long position, byte[] bytes, int offset, int length)
      throws IOException {
    switch (action) {
      case READ -> readAll(channel, position, bytes, offset, length);
      case WRITE -> writeAll(channel, position, bytes, offset, length);
      case TRUNCATE -> resize(channel, position);
      case SIZE -> {
        return channel.size();
      }
    }
    return length;
  }

  private static void resize(FileChannel channel, long size) throws IOException {
    if (size <= channel.size()) {
      channel.truncate(size);
    } else {
      writeAll(channel, size - 1, ZEROS, 0, 1);
    }
  }

  /* The channel copies through a direct buffer that it keeps for each thread, as large as the largest
   * call. The chunks bound it. */

  private void readAll(FileChannel channel, long position, byte[] target, int offset, int length)
      throws IOException {
    for (int done = 0; done < length; ) {
      int chunk = Math.min(CHUNK_BYTES, length - done);
      int read = channel.read(ByteBuffer.wrap(target, offset + done, chunk), position + done);
      if (read < 0) {
        throw new EOFException(
            describe()
                + " ends at "
                + (position + done)
                + ", wanted "
                + length
                + " bytes at "
                + position);
      }
      done += read;
    }
  }

  private static void writeAll(
      FileChannel channel, long position, byte[] source, int offset, int length)
      throws IOException {
    for (int done = 0; done < length; ) {
      int chunk = Math.min(CHUNK_BYTES, length - done);
      done += channel.write(ByteBuffer.wrap(source, offset + done, chunk), position + done);
    }
  }

  private FileChannel steady() throws IOException {
    FileChannel open = steady;
    if (open != null) {
      return open;
    }
    lock.lock();
    try {
      checkOpen();
      open = steady;
      if (open == null) {
        open = FileChannel.open(file, options);
        steady = open;
      }
      return open;
    } finally {
      lock.unlock();
    }
  }

  private void reopen(FileChannel used) throws IOException {
    lock.lock();
    try {
      checkOpen();
      if (shared == used) {
        shared = FileChannel.open(file, options);
      }
    } finally {
      lock.unlock();
    }
  }

  private void checkOpen() throws IOException {
    if (closed) {
      throw new IOException(describe() + " is closed");
    }
  }
}
