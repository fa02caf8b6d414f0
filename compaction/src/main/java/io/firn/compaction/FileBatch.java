// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.time.Duration;
import java.util.List;

/**
 * Files that one job compacts.
 *
 * @param files in the order in which they are read; at least one
 * @param targetBytes length of the files to make, at least 1
 */
public record FileBatch(List<FileChoice> files, long targetBytes) {
  /**
   * @throws IllegalArgumentException if there is no file or no target
   */
  public FileBatch {
    files = List.copyOf(files);
    Checks.within("targetBytes", targetBytes, 1, Long.MAX_VALUE);
    if (files.isEmpty()) {
      throw new IllegalArgumentException("a batch without files");
    }
  }

  /** Returns the length of the files now. */
  public long bytesBefore() {
    return files.stream().mapToLong(file -> file.segment().bytes()).sum();
  }

  /** Returns the bytes of the records that are kept, as far as is known. */
  public long bytesAfter() {
    return files.stream().mapToLong(file -> file.segment().usefulBytes()).sum();
  }

  /** Returns the bytes that come back, as far as is known. */
  public long savedBytes() {
    return Math.max(0, bytesBefore() - bytesAfter());
  }

  /** Returns the share of the files' bytes that comes back, 0 to 1. */
  public double saving() {
    long before = bytesBefore();
    return before == 0 ? 0.0 : (double) savedBytes() / before;
  }

  /** Returns how many files the records need afterwards. */
  public int filesAfter() {
    return (int) Math.min(Integer.MAX_VALUE, (bytesAfter() + targetBytes - 1) / targetBytes);
  }

  /** Returns the bytes to read and to write. */
  public long workBytes() {
    return bytesBefore() + bytesAfter();
  }

  /**
   * Returns how long it takes at a speed.
   *
   * @param bytesPerSecond bytes read and written in a second
   * @throws IllegalArgumentException if {@code bytesPerSecond} is not positive
   */
  public Duration estimatedTime(long bytesPerSecond) {
    Checks.within("bytesPerSecond", bytesPerSecond, 1, Long.MAX_VALUE);
    return Duration.ofMillis((long) Math.ceil(workBytes() * 1_000.0 / bytesPerSecond));
  }
}
