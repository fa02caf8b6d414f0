// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TourTest {
  @TempDir Path temporary;

  private record Outcome(int exitCode, String text) {}

  private static Outcome run(String... arguments) throws InterruptedException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int exitCode = Tour.run(arguments, new PrintStream(bytes, true, StandardCharsets.UTF_8), false);
    return new Outcome(exitCode, bytes.toString(StandardCharsets.UTF_8));
  }

  @Test
  @Tag("sigkill")
  void tourOfAFolderPassesAndLeavesNothing() throws Exception {
    Path folder = Files.createDirectory(temporary.resolve("input"));
    for (int i = 0; i < 50; i++) {
      Files.write(folder.resolve("file" + i), new byte[i * 100]);
    }
    Path work = temporary.resolve("work");
    Outcome outcome = run("--dir", folder.toString(), "--work", work.toString(), "--seed", "5");
    assertThat(outcome.text()).contains("All checks passed.").contains("seed 5");
    assertThat(outcome.exitCode()).isZero();
    assertThat(isEmpty(work)).isTrue();
  }

  @Test
  void phaseThatFailsFailsTheTour() throws Exception {
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    Path work = temporary.resolve("work");
    Outcome outcome = run("--dir", empty.toString(), "--work", work.toString());
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.text()).contains("FAILED  load");
    assertThat(isEmpty(work)).isTrue();
  }

  @Test
  void keptStoreStays() throws Exception {
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    Path work = temporary.resolve("work");
    Outcome outcome = run("--dir", empty.toString(), "--work", work.toString(), "--keep");
    assertThat(outcome.text()).contains("The store stays in " + work);
    assertThat(isEmpty(work)).isFalse();
  }

  @Test
  void badOptionExplainsTheUsage() throws Exception {
    Outcome outcome = run("--bogus");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.text()).contains("--bogus").contains("Usage:");
  }

  @Test
  void helpIsNoFailure() throws Exception {
    assertThat(run("--help")).isEqualTo(new Outcome(0, TourOptions.USAGE + System.lineSeparator()));
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }
}
