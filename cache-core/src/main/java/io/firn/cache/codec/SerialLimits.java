// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import java.io.ObjectInputFilter;
import org.jspecify.annotations.Nullable;

/**
 * What one stream of Java serialization may do: name classes that the allow list allows, and claim
 * no more than its bytes can hold. Used once, by one thread.
 */
final class SerialLimits implements ObjectInputFilter {
  static final int MAXIMUM_DEPTH = 500;

  /*
   * An element takes at least one byte of the stream, so all arrays of an honest stream together have no more elements than it
   * has bytes. Hash tables are announced as arrays with up to six elements for an entry of six bytes; a small one has room
   * for 16. Twice the bytes let them all through, and bound what is allocated for elements that never come: arrays nested
   * in each other, each of which claims all bytes that are left.
   */
  private static final int ELEMENTS_PER_BYTE = 2;
  private static final int SMALL_TABLE = 64;

  private final ObjectInputFilter classes;
  private final int streamBytes;
  private long elementsLeft;

  SerialLimits(ObjectInputFilter allowList, int streamBytes) {
    this.classes = ObjectInputFilter.rejectUndecidedClass(allowList);
    this.streamBytes = streamBytes;
    this.elementsLeft = (long) ELEMENTS_PER_BYTE * streamBytes + SMALL_TABLE;
  }

  /** Tells whether the reader would accept {@code type}. */
  static boolean allows(ObjectInputFilter allowList, Class<?> type) {
    Status status =
        ObjectInputFilter.rejectUndecidedClass(allowList).checkInput(new ClassAlone(type));
    return status != Status.REJECTED;
  }

  @Override
  public Status checkInput(FilterInfo info) {
    if (info.depth() > MAXIMUM_DEPTH
        || info.references() > streamBytes
        || info.streamBytes() > streamBytes) {
      return Status.REJECTED;
    }
    if (info.arrayLength() > 0) {
      elementsLeft -= info.arrayLength();
      if (elementsLeft < 0) {
        return Status.REJECTED;
      }
    }
    return classes.checkInput(info);
  }

  /** A class without a stream. */
  private record ClassAlone(@Nullable Class<?> serialClass) implements FilterInfo {
    @Override
    public long arrayLength() {
      return -1;
    }

    @Override
    public long depth() {
      return 1;
    }

    @Override
    public long references() {
      return 1;
    }

    @Override
    public long streamBytes() {
      return 0;
    }
  }
}
