// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.kill;

import io.firn.cache.Firn;
import io.firn.cache.TieredCache;
import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.util.List;

/**
 * Where one series of kills happens and what is written. The writing child and the checks are built
 * from the same plan.
 *
 * @param store the directory of the store
 * @param control the directory of the journals and of the model, outside the store
 * @param seed of the operations and the values
 */
public record KillPlan(Path store, Path control, long seed) {
  /** How many threads write; thread {@code t} owns the keys that are {@code t} modulo this. */
  public static final int THREADS = 4;

  /** Keys are 0 to this, exclusive. Few, so that most are overwritten and removed many times. */
  public static final int KEYS = 8_000;

  /** A writer that nobody kills ends by itself after so many operations, disk space in mind. */
  static final int MAXIMUM_OPERATIONS = 300_000;

  private static final String CACHE = "kill";

  Path journal(int round, int thread) {
    return control.resolve("round-" + round + "-thread-" + thread + ".journal");
  }

  Path model() {
    return control.resolve("model.bin");
  }

  TieredCache<Long, byte[]> openCache(Firn firn) {
    return firn.cache(CACHE, Codec.int64(), Codec.bytes()).maximumHotEntries(KEYS / 10).open();
  }

  List<String> toArguments() {
    return List.of(store.toString(), control.toString(), Long.toString(seed));
  }

  static KillPlan fromArguments(String[] arguments) {
    return new KillPlan(Path.of(arguments[0]), Path.of(arguments[1]), Long.parseLong(arguments[2]));
  }
}
