// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.model.UnsupportedVersionException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** The options of a table, byte by byte. */
final class TableFormatsTest {
  private static final TableFormats FORMATS = new TableFormats("int64", "text");

  @Test
  void theBytesAreTheGoldenOnes() throws CorruptBytesException {
    Octets golden = Octets.of(GoldenStructures.TABLE_OPTIONS);
    assertThat(FORMATS.encode()).isEqualTo(golden);
    assertThat(TableFormats.decode(golden, "t")).isEqualTo(FORMATS);
  }

  @Test
  void whatIsUnknownTakesNoBytes_andComesBack() throws CorruptBytesException {
    assertThat(TableFormats.UNKNOWN.encode()).isEqualTo(Octets.EMPTY);
    assertThat(TableFormats.decode(Octets.EMPTY, "t")).isEqualTo(TableFormats.UNKNOWN);
    TableFormats half = new TableFormats("", "\u65e5\u672c \ud83d\ude00");
    assertThat(TableFormats.decode(half.encode(), "t")).isEqualTo(half);
  }

  @Test
  void aNewerVersionIsRefused_andSoIsWhatIsCutOff() {
    byte[] newer = GoldenStructures.TABLE_OPTIONS.clone();
    newer[0] = 2;
    assertThatThrownBy(() -> TableFormats.decode(Octets.of(newer), "table t"))
        .isInstanceOf(UnsupportedVersionException.class)
        .hasMessage("table t has format version 2, this Firn reads up to version 1");
    for (int length = 1; length < newer.length; length++) {
      Octets cut = Octets.of(Arrays.copyOf(GoldenStructures.TABLE_OPTIONS, length));
      assertThatThrownBy(() -> TableFormats.decode(cut, "table t"))
          .isInstanceOf(CorruptBytesException.class)
          .hasMessageContaining("table t");
    }
  }
}
