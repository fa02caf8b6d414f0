// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.kill;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The append-only file in which one writing thread announces each operation before it starts it.
 *
 * <pre>
 *  0  4  key, big-endian
 *  4  4  version
 *  8  4  kind: 1 put, 2 remove, 3 end
 * 12  4  check: the number of the entry in the file, xor key, version, kind and a constant
 * </pre>
 *
 * <p>A thread announces an operation at once after the call before it returned, so an entry
 * acknowledges the one before it, and of a killed thread only the last entry is in doubt: it may
 * have been applied or not. The file is written with one system call per entry and lies in the page
 * cache, which outlives the process. Not thread-safe.
 */
final class KillJournal implements AutoCloseable {
  static final int ENTRY_BYTES = 16;

  private static final int PUT = 1;
  private static final int REMOVE = 2;
  private static final int END = 3;
  private static final int CHECK = 0x6B696C6C;

  private final FileChannel channel;
  private final ByteBuffer entry = ByteBuffer.allocateDirect(ENTRY_BYTES);
  private int written;

  private KillJournal(FileChannel channel) {
    this.channel = channel;
  }

  /** Creates a journal; fails if the file exists. */
  static KillJournal create(Path file) throws IOException {
    return new KillJournal(
        FileChannel.open(file, StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW));
  }

  /** Says that {@code operation} is about to start and that the one before it has returned. */
  void announce(Operation operation) throws IOException {
    append(operation.key(), operation.version(), operation.isRemove() ? REMOVE : PUT);
  }

  /** Says that the last operation has returned and that no other follows. */
  void end() throws IOException {
    append(0, 0, END);
  }

  private void append(int key, int version, int kind) throws IOException {
    entry.clear();
    entry.putInt(key).putInt(version).putInt(kind).putInt(check(written, key, version, kind));
    entry.flip();
    while (entry.hasRemaining()) {
      channel.write(entry);
    }
    written++;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }

  /**
   * What a journal says.
   *
   * @param acknowledged operations that returned, in their order
   * @param inDoubt at most one operation that began and did not report its return
   */
  record Content(List<Operation> acknowledged, List<Operation> inDoubt) {
    Content {
      acknowledged = List.copyOf(acknowledged);
      inDoubt = List.copyOf(inDoubt);
    }
  }

  /**
   * Reads a journal. An entry that the kill cut in its middle was not announced, so it is nothing.
   *
   * @throws IOException if it cannot be read or an entry is not what a writer writes
   */
  static Content read(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file));
    List<Operation> operations = new ArrayList<>();
    boolean hasEnded = false;
    for (int number = 0; bytes.remaining() >= ENTRY_BYTES; number++) {
      int key = bytes.getInt();
      int version = bytes.getInt();
      int kind = bytes.getInt();
      boolean isValid = bytes.getInt() == check(number, key, version, kind);
      if (!isValid || hasEnded || kind < PUT || kind > END) {
        throw new IOException("entry " + number + " of " + file + " is damaged");
      }
      if (kind == END) {
        hasEnded = true;
      } else {
        operations.add(new Operation(key, version, kind == REMOVE));
      }
    }
    int acknowledged = hasEnded ? operations.size() : Math.max(0, operations.size() - 1);
    return new Content(
        operations.subList(0, acknowledged), operations.subList(acknowledged, operations.size()));
  }

  private static int check(int number, int key, int version, int kind) {
    return number ^ Integer.rotateLeft(key, 8) ^ Integer.rotateLeft(version, 16) ^ kind ^ CHECK;
  }
}
