// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.io.Crc32c;
import io.firn.cold.model.UnsupportedVersionException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlotHeaderTest {
  private static final int HEADER = SlotHeader.SLOT_HEADER_BYTES;
  private static final SlotHeader GOLDEN = new SlotHeader(9, 5, 3, 42, 0x4000, 2);

  private static SlotHeader read(byte[] slot) throws CorruptBytesException {
    SlotHeader header = SlotHeader.decode(slot, "slot");
    header.verify(slot, slot, HEADER, slot.length - HEADER, "slot");
    return header;
  }

  private static byte[] changed(int at, int value) {
    byte[] slot = GoldenStructures.SLOT.clone();
    slot[at] = (byte) value;
    LittleEndian.putInt(slot, 40, 0);
    LittleEndian.putInt(slot, 40, Crc32c.of(slot, 0, slot.length));
    return slot;
  }

  @Test
  void hasItsGoldenBytes() throws CorruptBytesException {
    byte[] slot = GoldenStructures.SLOT.clone();
    Arrays.fill(slot, 0, HEADER, (byte) -1);
    GOLDEN.encode(slot, slot, HEADER, 2 * SlotHeader.ENTRY_BYTES);

    assertThat(slot).isEqualTo(GoldenStructures.SLOT);
    assertThat(read(slot)).isEqualTo(GOLDEN);
    assertThat(GOLDEN.slotBytes()).isEqualTo(slot.length);
  }

  @Test
  void theEntriesMayStandInAnotherArray() throws CorruptBytesException {
    byte[] header = Arrays.copyOf(GoldenStructures.SLOT, HEADER);
    byte[] entries = Arrays.copyOfRange(GoldenStructures.SLOT, HEADER - 3, HEADER + 32);
    GOLDEN.encode(header, entries, 3, 32);

    assertThat(header).isEqualTo(Arrays.copyOf(GoldenStructures.SLOT, HEADER));
    SlotHeader.decode(header, "slot").verify(header, entries, 3, 32, "slot");
  }

  @Test
  void everyFlippedBitIsDamage() {
    for (int bit = 0; bit < 8 * GoldenStructures.SLOT.length; bit++) {
      byte[] slot = GoldenBytes.flipped(GoldenStructures.SLOT, bit);
      assertThatThrownBy(() -> read(slot))
          .as("bit %d", bit)
          .isInstanceOf(CorruptBytesException.class);
    }
  }

  @Test
  void aNewerVersionIsNamed() {
    assertThatThrownBy(() -> read(changed(4, 2)))
        .isInstanceOf(UnsupportedVersionException.class)
        .hasMessageContaining("version 2");
  }

  @ParameterizedTest
  @CsvSource({
    "4, 0, version",
    "6, 20, entryBytes",
    "12, 8, prefix",
    "16, 32, prefix",
    "17, 1, reserved",
    "28, 1, lsn",
    "35, 128, lsn",
    "36, 3, entryCount",
    "39, 128, entryCount",
    "39, 127, entryCount",
    "50, 1, reserved"
  })
  void anImpossibleFieldIsDamage(int at, int value, String field) {
    assertThatThrownBy(() -> read(changed(at, value)))
        .isInstanceOf(CorruptBytesException.class)
        .hasMessageContaining(field);
  }

  @Test
  void aCutSlotIsDamage() {
    byte[] header = Arrays.copyOf(GoldenStructures.SLOT, HEADER);

    assertThatThrownBy(() -> GOLDEN.verify(header, new byte[31], 0, 32, "slot"))
        .isInstanceOf(CorruptBytesException.class);
    assertThatThrownBy(() -> SlotHeader.decode(new byte[63], "slot"))
        .isInstanceOf(CorruptBytesException.class);
  }

  @Test
  void refusesToEncodeAnotherNumberOfEntries() {
    assertThatThrownBy(() -> GOLDEN.encode(new byte[HEADER], new byte[48], 0, 48))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 entries");
  }
}
