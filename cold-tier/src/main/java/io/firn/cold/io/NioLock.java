// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import io.firn.cold.model.Loggers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;

/** The lock of a file, for the process and within it. The file itself is never deleted. */
final class NioLock implements DiskLock {
  /* On POSIX systems a process loses its locks on a file as soon as it closes any descriptor of that
   * file. So a file that this process holds is not even opened a second time: HELD answers first. If
   * another copy of this class (another class loader) holds it, the JDK tells, but the channel stands
   * open already; it is parked for the next attempt instead of closed.
   *
   * The locked byte lies behind the text, because on Windows nobody else can read a locked range. */
  private static final Logger LOG = Loggers.of(NioLock.class);
  private static final long LOCKED_BYTE = 1L << 30;
  private static final int MAX_HOLDER_BYTES = 4096;
  private static final ConcurrentMap<Path, String> HELD = new ConcurrentHashMap<>();
  private static final ConcurrentMap<Path, FileChannel> PARKED = new ConcurrentHashMap<>();

  private final Path file;
  private final FileChannel channel;
  private final AtomicBoolean closed = new AtomicBoolean();

  private NioLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  static NioLock take(Path path, String holder, FileAttribute<?>... attributes) throws IOException {
    Path file = created(path, attributes);
    String before = HELD.putIfAbsent(file, holder);
    if (before != null) {
      throw new LockHeldException(file.toString(), before);
    }
    NioLock taken = null;
    try {
      taken = Uninterrupted.call(() -> lockAndWrite(file, holder));
      return taken;
    } finally {
      if (taken == null) {
        HELD.remove(file);
      }
    }
  }

  private static Path created(Path path, FileAttribute<?>... attributes) throws IOException {
    if (!Files.exists(path)) {
      try {
        Files.createFile(path, attributes);
      } catch (FileAlreadyExistsException e) {
        LOG.debug("{} was created by another opener at the same time", path);
      }
    }
    return path.toRealPath();
  }

  private static NioLock lockAndWrite(Path file, String holder) throws IOException {
    FileChannel channel = PARKED.remove(file);
    if (channel == null) {
      channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    }
    FileLock lock = null;
    boolean keepOpen = false;
    try {
      lock = channel.tryLock(LOCKED_BYTE, 1, false);
      if (lock == null) {
        throw new LockHeldException(file.toString(), holderIn(channel));
      }
      byte[] text = holder.getBytes(StandardCharsets.UTF_8);
      channel.truncate(0);
      channel.write(ByteBuffer.wrap(text, 0, Math.min(text.length, MAX_HOLDER_BYTES)), 0);
      keepOpen = true;
      return new NioLock(file, channel);
    } catch (OverlappingFileLockException e) {
      keepOpen = true;
      PARKED.put(file, channel);
      throw new LockHeldException(file.toString(), holderIn(channel));
    } finally {
      if (!keepOpen) {
        channel.close();
      }
    }
  }

  private static String holderIn(FileChannel channel) throws IOException {
    ByteBuffer text = ByteBuffer.allocate(MAX_HOLDER_BYTES);
    int read = channel.read(text, 0);
    return new String(text.array(), 0, Math.max(0, read), StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    try {
      channel.close();
    } catch (IOException e) {
      LOG.warn("{}: giving up the lock failed", file, e);
    } finally {
      HELD.remove(file);
    }
  }
}
