// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes blocks of off-heap memory. One kind of view serves the whole process, chosen when this
 * class is initialised by the system property {@value #PROPERTY}:
 *
 * <ul>
 *   <li>{@code chronicle}: Chronicle Bytes;
 *   <li>{@code jdk}: the JDK's own views;
 *   <li>{@code auto}, the default: Chronicle Bytes on JDK 17 to 23, the JDK's views on later ones,
 *       on big-endian machines and wherever Chronicle Bytes does not work.
 * </ul>
 *
 * <p>Thread-safe.
 */
public final class Memories {
  /** The system property that chooses the kind of view. */
  public static final String PROPERTY = "firn.memory";

  private static final int LAST_CHRONICLE_JDK = 23;
  private static final ViewKind KIND =
      choose(System.getProperty(PROPERTY, "auto"), Runtime.version().feature());
  private static final AtomicLong ALLOCATED = new AtomicLong();

  private Memories() {}

  /** The kinds of view. Only the class of the one in use is ever loaded. */
  enum ViewKind {
    CHRONICLE {
      @Override
      Memory view(ByteBuffer buffer, Runnable release) {
        return new ChronicleMemory(buffer, release);
      }
    },
    JDK {
      @Override
      Memory view(ByteBuffer buffer, Runnable release) {
        return new JdkMemory(buffer, release);
      }
    };

    /** Makes a view of a buffer; the runnable gives the memory back. */
    abstract Memory view(ByteBuffer buffer, Runnable release);
  }

  /**
   * Allocates a zeroed block.
   *
   * @param bytes 1 to 2 GiB - 1
   * @throws IllegalArgumentException if {@code bytes} is out of range
   * @throws OutOfMemoryError if the process may not have that much direct memory
   */
  public static Memory allocate(long bytes) {
    NativeBlock block = NativeSpace.ofThisJdk().allocate(checkedSize(bytes));
    ALLOCATED.addAndGet(bytes);
    return KIND.view(
        block.buffer(),
        () -> {
          ALLOCATED.addAndGet(-bytes);
          block.release().run();
        });
  }

  /**
   * Returns a view of a direct buffer from its index 0 to its capacity. Closing the view leaves the
   * buffer to its owner.
   *
   * @throws IllegalArgumentException if the buffer is not direct, is empty, or does not start at a
   *     multiple of 8
   */
  public static Memory wrap(ByteBuffer buffer) {
    if (!buffer.isDirect() || buffer.capacity() == 0 || buffer.alignmentOffset(0, 8) != 0) {
      throw new IllegalArgumentException(
          "not a direct, non-empty, 8-byte aligned buffer: " + buffer);
    }
    return KIND.view(buffer, () -> {});
  }

  /** Returns how many bytes are allocated and not closed yet; wrapped buffers do not count. */
  public static long allocatedBytes() {
    return ALLOCATED.get();
  }

  /** Returns which views are in use: {@code chronicle} or {@code jdk}. */
  public static String viewKind() {
    return KIND == ViewKind.CHRONICLE ? "chronicle" : "jdk";
  }

  static int checkedSize(long bytes) {
    if (bytes < 1 || bytes > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("size " + bytes + " is not in 1.." + Integer.MAX_VALUE);
    }
    return (int) bytes;
  }

  static ViewKind choose(String property, int feature) {
    return switch (property) {
      case "jdk" -> ViewKind.JDK;
      case "chronicle" -> ViewKind.CHRONICLE;
      case "auto" -> {
        boolean suited =
            feature <= LAST_CHRONICLE_JDK && ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
        yield suited && works(ViewKind.CHRONICLE) ? ViewKind.CHRONICLE : ViewKind.JDK;
      }
      default ->
          throw new IllegalArgumentException(
              PROPERTY + " is \"" + property + "\", not auto, chronicle or jdk");
    };
  }

  /** Tells whether a kind of view can be loaded and used here. */
  static boolean works(ViewKind kind) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(64);
    try (Memory memory = kind.view(buffer, () -> {})) {
      memory.setLong(8, 1);
      return memory.compareAndSetLong(8, 1, 2) && memory.getLongVolatile(8) == 2;
    } catch (RuntimeException | LinkageError | AssertionError e) {
      return false;
    }
  }
}
