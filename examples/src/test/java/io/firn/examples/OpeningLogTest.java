// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.Firn;
import io.firn.cache.TieredCache;
import io.firn.cache.codec.Codec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a service that logs at level info gets to read: one line per opening, none per operation.
 */
final class OpeningLogTest {
  private static final int ENTRIES = 1_000;
  private static final int LIMIT_SECONDS = 60;

  @TempDir Path directory;

  /**
   * Creates a store, works with it, and opens it again: closed the first time, killed the second.
   */
  static final class Service {
    private Service() {}

    public static void main(String[] arguments) {
      Path store = Path.of(arguments[0]);
      work(store);
      work(store);
      Firn firn = Firn.in(store).open();
      TieredCache<String, String> cache = firn.cache("c", Codec.utf8(), Codec.utf8()).open();
      cache.put("one more", "value");
      Runtime.getRuntime().halt(0);
    }

    private static void work(Path store) {
      try (Firn firn = Firn.in(store).open();
          TieredCache<String, String> cache =
              firn.cache("c", Codec.utf8(), Codec.utf8()).maximumHotEntries(0).open()) {
        firn.compaction().pause(); // a job, which is a line, would start if this takes seconds
        for (int i = 0; i < ENTRIES; i++) {
          cache.put("key " + i, "value");
          cache.invalidate("no such key " + i);
          assertThat(cache.getIfPresent("key " + i)).isEqualTo("value");
        }
        firn.flush();
      }
    }
  }

  private List<String> logOf(Class<?> service) throws Exception {
    Path log = directory.resolve("log.txt");
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=info",
                "-cp",
                System.getProperty("java.class.path"),
                service.getName(),
                directory.resolve("store").toString())
            .redirectError(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
    return Files.readAllLines(log);
  }

  @Test
  void everyOpening_isOneLineAndNothingElseIs() throws Exception {
    List<String> lines = logOf(Service.class);
    assertThat(lines).hasSize(3).allSatisfy(line -> assertThat(line).contains(" INFO io.firn."));
    String figures = " entries in \\d+ tables, \\d+ bytes, \\d+ ms, \\d+ frames applied";
    assertThat(lines.get(0)).containsPattern("created store .*store: 0" + figures);
    assertThat(lines.get(1)).containsPattern("opened store .*store: 1000" + figures);
    assertThat(logOf(Service.class).get(0))
        .containsPattern("recovered store .*store: 1001" + figures);
  }
}
