// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

/** The held lock of a store; closing gives it up and never throws. */
public interface DiskLock extends AutoCloseable {
  @Override
  void close();
}
