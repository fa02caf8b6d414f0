// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import java.io.IOException;
import java.nio.file.Path;

/** A process that holds a lock until its standard input ends; started by {@link NioLockTest}. */
final class LockHolder {
  private LockHolder() {}

  /** Takes the lock of the directory that is the only argument. */
  public static void main(String[] arguments) throws IOException {
    try (DiskLock lock = NioDisk.open(Path.of(arguments[0])).lock("LOCK", "the other process")) {
      System.out.println("locked " + lock.getClass().getSimpleName());
      int end = System.in.read();
      System.out.println("input gave " + end);
    }
  }
}
