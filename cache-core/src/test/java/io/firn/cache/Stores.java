// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cache.codec.Codec;
import java.nio.file.Path;

/** Stores and caches as most tests want them. */
final class Stores {
  private Stores() {}

  /** Opens a store whose hot tiers do their maintenance at once, on the calling thread. */
  static Firn open(Path directory) {
    return Firn.in(directory).executor(Runnable::run).open();
  }

  static Firn open(Path directory, ManualTime time) {
    return Firn.in(directory).executor(Runnable::run).clock(time).open();
  }

  static TieredCache<String, String> strings(Firn firn, long hotEntries) {
    return firn.cache("strings", Codec.utf8(), Codec.utf8()).maximumHotEntries(hotEntries).open();
  }
}
