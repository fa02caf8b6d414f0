// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

import java.util.Objects;

/** What both views share: the bounds, the alignment and the release of a block. */
abstract class BoundedMemory implements Memory {
  /* Plain fields: the owner closes a block only after every access has ended, and the check against
   * a limit of zero turns a forgotten access into an exception wherever the store is seen. */
  private long size;
  private long longLimit;
  private long intLimit;
  private final Runnable release;

  BoundedMemory(long size, Runnable release) {
    this.size = size;
    this.longLimit = Math.max(0, size - (Long.BYTES - 1));
    this.intLimit = Math.max(0, size - (Integer.BYTES - 1));
    this.release = release;
  }

  @Override
  public final long size() {
    return size;
  }

  final long longAt(long position) {
    return Objects.checkIndex(position, longLimit);
  }

  final long intAt(long position) {
    return Objects.checkIndex(position, intLimit);
  }

  final long alignedLongAt(long position) {
    if ((position & (Long.BYTES - 1)) != 0) {
      throw misaligned(position, Long.BYTES);
    }
    return Objects.checkIndex(position, longLimit);
  }

  final long alignedIntAt(long position) {
    if ((position & (Integer.BYTES - 1)) != 0) {
      throw misaligned(position, Integer.BYTES);
    }
    return Objects.checkIndex(position, intLimit);
  }

  final long rangeAt(long position, long length) {
    return Objects.checkFromIndexSize(position, /* size= */ length, /* length= */ size);
  }

  private static IllegalArgumentException misaligned(long position, int bytes) {
    return new IllegalArgumentException("position " + position + " is no multiple of " + bytes);
  }

  /** Makes every later access fail, also those that would bypass the limits kept here. */
  abstract void detach();

  @Override
  public final void close() {
    if (size == 0) {
      return;
    }
    size = 0;
    longLimit = 0;
    intLimit = 0;
    detach();
    release.run();
  }
}
