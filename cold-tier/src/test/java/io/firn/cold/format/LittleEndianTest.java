// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class LittleEndianTest {
  @Test
  void storesTheLowestByteFirstAtAnyOffset() {
    byte[] bytes = new byte[22];
    LittleEndian.putShort(bytes, 1, 0xF102);
    LittleEndian.putInt(bytes, 3, 0xF1020304);
    LittleEndian.putInt40(bytes, 7, 0xF102030405L);
    LittleEndian.putLong(bytes, 13, 0xF102030405060708L);

    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo("00" + "02f1" + "040302f1" + "05040302f1" + "00" + "08070605040302f1" + "00");
  }

  @Test
  void readsWhatItStored() {
    byte[] bytes = HexFormat.of().parseHex("ffe1d2c3b4a5968778");

    assertThat(LittleEndian.getByte(bytes, 0)).isEqualTo(255);
    assertThat(LittleEndian.getShort(bytes, 1)).isEqualTo(0xD2E1);
    assertThat(LittleEndian.getInt(bytes, 1)).isEqualTo(0xB4C3D2E1);
    assertThat(LittleEndian.getInt40(bytes, 1)).isEqualTo(0xA5B4C3D2E1L);
    assertThat(LittleEndian.getLong(bytes, 1)).isEqualTo(0x788796A5B4C3D2E1L);
  }

  @Test
  void refusesToLeaveTheArray() {
    assertThatThrownBy(() -> LittleEndian.putLong(new byte[8], 1, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
