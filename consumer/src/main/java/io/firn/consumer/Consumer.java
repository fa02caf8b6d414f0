// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.consumer;

import io.firn.cache.Firn;
import io.firn.cache.TieredCache;
import io.firn.cache.codec.Codec;
import java.nio.file.Path;

/** Writes entries into a store, reopens it and reads them back. */
public final class Consumer {
  private static final int ENTRIES = 1_000;

  private Consumer() {}

  /**
   * Runs the service once.
   *
   * @param args the directory of the store
   */
  public static void main(String[] args) {
    Path directory = Path.of(args[0]);
    try (Firn firn = Firn.in(directory).open();
        TieredCache<String, Long> squares = open(firn)) {
      for (long i = 0; i < ENTRIES; i++) {
        squares.put("square of " + i, i * i);
      }
    }
    try (Firn firn = Firn.in(directory).open();
        TieredCache<String, Long> squares = open(firn)) {
      int found = 0;
      for (long i = 0; i < ENTRIES; i++) {
        Long square = squares.getIfPresent("square of " + i);
        if (square != null && square == i * i) {
          found++;
        }
      }
      System.out.println("found " + found + " of " + ENTRIES);
    }
  }

  private static TieredCache<String, Long> open(Firn firn) {
    return firn.cache("squares", Codec.utf8(), Codec.int64()).maximumHotEntries(10).open();
  }
}
