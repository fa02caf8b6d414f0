// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program that the README shows. */
final class FirstProgramTest {
  @Test
  void aSecondRunFindsOnDiskWhatTheFirstStored(@TempDir Path directory) {
    assertThat(run(directory)).isEqualToNormalizingNewlines("rendered /index\nhits on disk: 0\n");
    assertThat(run(directory)).isEqualToNormalizingNewlines("rendered /index\nhits on disk: 1\n");
  }

  private static String run(Path directory) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream before = System.out;
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    try {
      FirstProgram.main(new String[] {directory.toString()});
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }
}
