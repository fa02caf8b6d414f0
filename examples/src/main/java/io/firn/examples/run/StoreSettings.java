// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.run;

import io.firn.cache.Durability;
import io.firn.cache.Firn;
import java.nio.file.Path;
import java.time.Duration;

/** How every phase opens its store: at most 400 MiB of disk, forced every 100 ms. */
public final class StoreSettings {
  private static final long MAXIMUM_DISK_BYTES = 400L << 20;
  private static final Duration FORCE_INTERVAL = Duration.ofMillis(100);

  /** The system may take a moment to release the lock of a process that was killed. */
  private static final Duration LOCK_WAIT = Duration.ofSeconds(5);

  private StoreSettings() {}

  /** Opens the store in {@code directory}, which is created if it is missing. */
  public static Firn open(Path directory) {
    return Firn.in(directory)
        .maximumDiskBytes(MAXIMUM_DISK_BYTES)
        .durability(Durability.async(FORCE_INTERVAL))
        .ifLocked(LOCK_WAIT)
        .open();
  }
}
