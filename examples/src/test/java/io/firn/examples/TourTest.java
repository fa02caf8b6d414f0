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

  private record Outcome(int exitCode, String text, String error) {}

  private static Outcome run(String... arguments) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    ByteArrayOutputStream error = new ByteArrayOutputStream();
    int exitCode = Tour.run(arguments, stream(text), stream(error), false);
    return new Outcome(
        exitCode, text.toString(StandardCharsets.UTF_8), error.toString(StandardCharsets.UTF_8));
  }

  private static PrintStream stream(ByteArrayOutputStream bytes) {
    return new PrintStream(bytes, true, StandardCharsets.UTF_8);
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
  @Tag("trace")
  void tourOfARealTracePasses() throws Exception {
    String trace = System.getProperty("firn.trace");
    assertThat(trace).as("-Dfirn.trace=FILE").isNotNull();
    Path work = temporary.resolve("work");
    Outcome outcome = run("--trace", String.valueOf(trace), "--work", work.toString());
    assertThat(outcome.text()).contains("All checks passed.").contains(" requests of ");
    assertThat(outcome.exitCode()).isZero();
  }

  @Test
  void phaseThatFailsFailsTheTour() throws Exception {
    Path empty = Files.createDirectory(temporary.resolve("empty"));
    Path work = temporary.resolve("work");
    Outcome outcome = run("--dir", empty.toString(), "--work", work.toString());
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.text()).contains("FAILED  load").doesNotContain("entries");
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
  void anInterruptedTourLeavesNothing() throws Exception {
    Path work = temporary.resolve("work");
    Thread.currentThread().interrupt();
    Outcome outcome = run("--work", work.toString());
    assertThat(Thread.interrupted()).isFalse();
    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.error()).contains("interrupted");
    assertThat(isEmpty(work)).isTrue();
  }

  @Test
  void badOptionExplainsTheUsage() throws Exception {
    Outcome outcome = run("--bogus");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.error()).contains("--bogus").contains("--help");
    assertThat(outcome.text()).isEmpty();
  }

  @Test
  void helpIsNoFailure() throws Exception {
    assertThat(run("--help"))
        .isEqualTo(new Outcome(0, TourOptions.USAGE + System.lineSeparator(), ""));
  }

  private static boolean isEmpty(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.findAny().isEmpty();
    }
  }
}
