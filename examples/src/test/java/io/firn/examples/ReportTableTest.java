// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class ReportTableTest {
  @Test
  void firstColumnIsLeftAlignedAndTheOthersRight() {
    String table =
        new ReportTable("phase", "hits").row("load", "1").row("read back", "12,345").render();
    assertThat(table)
        .isEqualTo(
            """
            phase        hits
            -----------------
            load            1
            read back  12,345
            """);
  }

  @Test
  void rowWithAMissingCellIsRefused() {
    ReportTable table = new ReportTable("a", "b");
    assertThatThrownBy(() -> table.row("1")).isInstanceOf(IllegalArgumentException.class);
  }
}
