// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import io.firn.cache.Firn;
import io.firn.cache.TieredCache;
import io.firn.cache.codec.Codec;
import io.firn.examples.input.FileTreeInput;
import io.firn.examples.input.Input;
import io.firn.examples.input.TraceInput;
import io.firn.examples.kill.KillPlan;
import io.firn.examples.run.Facts;
import java.io.IOException;
import java.nio.file.Path;

/**
 * The work directory of one tour and what all its phases have to agree on. The tour writes it to a
 * file, every phase reads it.
 *
 * @param directory the work directory
 * @param source what is cached
 * @param path of the folder or the trace; empty for the JDK
 * @param seed of all random choices
 * @param isTerminal whether the output can show a bar that moves
 */
record TourSite(
    Path directory, TourOptions.Source source, String path, long seed, boolean isTerminal) {
  private static final String CACHE = "tour";

  /** The hot tier holds this part of the bytes of the input. */
  private static final int HOT_DIVISOR = 10;

  Path store() {
    return directory.resolve("store");
  }

  Path digests() {
    return directory.resolve("digests.txt");
  }

  Path result(Phase phase, int round) {
    return directory.resolve(phase.name() + "-" + round + ".properties");
  }

  KillPlan killPlan() {
    return new KillPlan(store(), directory.resolve("kill"), seed);
  }

  Input input() throws IOException {
    return switch (source) {
      case JDK -> FileTreeInput.ofRunningJdk();
      case FOLDER -> FileTreeInput.of(Path.of(path));
      case TRACE -> new TraceInput(Path.of(path), seed);
    };
  }

  /** Opens the cache of the tour with a hot tier for a tenth of {@code totalBytes}. */
  static TieredCache<String, byte[]> openCache(Firn firn, long totalBytes) {
    return firn.cache(CACHE, Codec.utf8(), Codec.bytes())
        .maximumHotWeight(
            Math.max(1, totalBytes / HOT_DIVISOR), (key, value) -> key.length() + value.length)
        .open();
  }

  void save() throws IOException {
    new Facts()
        .set("source", source.name())
        .set("path", path)
        .set("seed", seed)
        .set("isTerminal", isTerminal ? 1 : 0)
        .save(file(directory));
  }

  static TourSite load(Path directory) throws IOException {
    Facts facts = Facts.load(file(directory));
    return new TourSite(
        directory,
        TourOptions.Source.valueOf(facts.text("source")),
        facts.text("path"),
        facts.number("seed"),
        facts.number("isTerminal") == 1);
  }

  private static Path file(Path directory) {
    return directory.resolve("tour.properties");
  }
}
