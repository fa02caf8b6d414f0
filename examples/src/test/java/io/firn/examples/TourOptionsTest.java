// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TourOptionsTest {
  @TempDir Path folder;

  private static TourOptions parse(String... arguments) throws TourOptions.UsageException {
    return TourOptions.parse(arguments, () -> 99);
  }

  @Test
  void noOptionsMeanTheRunningJdkWithADrawnSeed() throws Exception {
    TourOptions options = parse();
    assertThat(options.source()).isEqualTo(TourOptions.Source.JDK);
    assertThat(options.path()).isNull();
    assertThat(options.seed()).isEqualTo(99);
    assertThat(options.keep()).isFalse();
  }

  @Test
  void everyOptionIsUnderstood() throws Exception {
    TourOptions options =
        parse("--dir", folder.toString(), "--seed", "-5", "--keep", "--work", "elsewhere");
    assertThat(options.source()).isEqualTo(TourOptions.Source.FOLDER);
    assertThat(options.path()).isEqualTo(folder.toAbsolutePath());
    assertThat(options.seed()).isEqualTo(-5);
    assertThat(options.keep()).isTrue();
    assertThat(options.work()).isEqualTo(Path.of("elsewhere").toAbsolutePath());
  }

  @Test
  void traceIsAFile() throws Exception {
    Path trace = Files.writeString(folder.resolve("trace"), "a\n");
    assertThat(parse("--trace", trace.toString()).source()).isEqualTo(TourOptions.Source.TRACE);
    assertThatThrownBy(() -> parse("--trace", folder.toString()))
        .isInstanceOf(TourOptions.UsageException.class)
        .hasMessageContaining(folder.toString());
    assertThatThrownBy(() -> parse("--dir", trace.toString()))
        .isInstanceOf(TourOptions.UsageException.class)
        .hasMessageContaining(trace.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--bogus",
        "stray",
        "--seed",
        "--seed x",
        "--seed --keep",
        "--dir",
        "--trace missing",
        "--work pom.xml",
        "--dir . --trace pom.xml"
      })
  void badCommandLinesAreRefused(String line) {
    assertThatThrownBy(() -> parse(line.split(" ", -1)))
        .isInstanceOf(TourOptions.UsageException.class);
  }
}
