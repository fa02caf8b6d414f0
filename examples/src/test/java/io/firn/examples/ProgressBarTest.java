// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ProgressBarTest {
  private static String shown(boolean isTerminal, long total) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ProgressBar bar =
        new ProgressBar(
            new PrintStream(bytes, true, StandardCharsets.UTF_8), isTerminal, "load", total);
    for (long done = 1; done <= total; done++) {
      bar.show(done);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void withoutATerminalThereIsALinePerQuarter() {
    String text = shown(false, 1_000);
    assertThat(text.lines()).hasSize(4);
    assertThat(text).contains(" 25 %  250 of 1,000").contains("100 %  1,000 of 1,000");
    assertThat(text).doesNotContain("\r");
  }

  @Test
  void fewerStepsThanQuartersStillEndAtHundredPercent() {
    assertThat(shown(false, 1).lines()).singleElement().asString().contains("100 %  1 of 1");
  }

  @Test
  void onATerminalOneLineIsRedrawnAndEndsFull() {
    String text = shown(true, 1_000);
    assertThat(text).startsWith("\r").endsWith("\n");
    assertThat(text.strip().lines()).allMatch(line -> line.strip().startsWith("load"));
    assertThat(text.substring(text.lastIndexOf('\r')))
        .contains("[" + "#".repeat(40) + "]")
        .contains("100 %");
  }
}
