// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.agent;

import io.firn.cold.model.TimeSource;

/** The clocks of the machine. Thread-safe, without state. */
public final class SystemTime implements TimeSource {
  /** The one instance. */
  public static final SystemTime INSTANCE = new SystemTime();

  private SystemTime() {}

  @Override
  public long wallMillis() {
    return System.currentTimeMillis();
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }
}
