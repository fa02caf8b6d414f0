// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VarintTest {
  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "127, 7f",
    "128, 8001",
    "300, ac02",
    "16383, ff7f",
    "16384, 808001",
    "2147483647, ffffffff07"
  })
  void encodesSevenBitsAByte(int value, String hex) {
    byte[] bytes = new byte[Varint.MAX_BYTES];
    int end = Varint.put(bytes, 0, value);

    assertThat(HexFormat.of().formatHex(bytes, 0, end)).isEqualTo(hex);
    assertThat(Varint.length(value)).isEqualTo(end);
    assertThat(Varint.get(bytes, 0, end)).isEqualTo(value);
    assertThat(Varint.width(bytes, 0)).isEqualTo(end);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "80", "8000", "ff80808000", "ffffffff08", "ffffffffff", "808080808001"})
  void takesNoNumberThatIsCutLongerThanNeededOrTooLarge(String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);

    assertThat(Varint.get(bytes, 0, bytes.length)).isEqualTo(Varint.NONE);
  }

  @ParameterizedTest
  @CsvSource({"0, 2, 8000", "127, 2, ff00", "5, 3, 858000"})
  void aPaddedNumberTakesTheChosenWidth(int value, int width, String hex) {
    byte[] bytes = new byte[width];
    int end = Varint.putPadded(bytes, 0, value, width);

    assertThat(end).isEqualTo(width);
    assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(hex);
    assertThat(Varint.getPadded(bytes, 0, width)).isEqualTo(value);
    assertThat(Varint.width(bytes, 0)).isEqualTo(width);
  }
}
