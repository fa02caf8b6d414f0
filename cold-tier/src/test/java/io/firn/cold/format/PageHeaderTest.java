// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.io.Crc32c;
import io.firn.cold.model.UnsupportedVersionException;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PageHeaderTest {
  private static final PageHeader GOLDEN =
      new PageHeader(5, PageHeader.CONTINUED | PageHeader.SEALED, 2, 9, 34);

  private static byte[] changed(int at, int value) {
    byte[] bytes = GoldenStructures.PAGE.clone();
    bytes[at] = (byte) value;
    Crc32c crc = new Crc32c();
    crc.update(bytes, 0, 24);
    crc.update(bytes, 32, Math.min(bytes.length - 32, LittleEndian.getByte(bytes, 16)));
    LittleEndian.putInt(bytes, 24, crc.value());
    return bytes;
  }

  @Test
  void hasItsGoldenBytes() throws CorruptBytesException {
    byte[] page = GoldenStructures.PAGE.clone();
    Arrays.fill(page, 0, PageHeader.BYTES, (byte) -1);
    PageHeader.write(page, 0, 5, 3, 2, 9, 34);

    assertThat(page).isEqualTo(GoldenStructures.PAGE);
    assertThat(PageHeader.read(page, 0, 512, "page")).isEqualTo(GOLDEN);
  }

  @Test
  void roundTripsAtAnyPlaceOfAnArray() throws CorruptBytesException {
    Random random = new Random(7);
    for (int round = 0; round < 200; round++) {
      int number = random.nextInt(3);
      int headers = number == 0 ? 96 : 32;
      int used = 1 + random.nextInt(512 - headers);
      int at = random.nextInt(100);
      byte[] bytes = new byte[at + 512];
      random.nextBytes(bytes);
      int count = random.nextInt(used) + 1;
      int first = headers + random.nextInt(used);
      PageHeader.write(bytes, at, number, 2, count, used, first);

      assertThat(PageHeader.read(bytes, at, 512, "page"))
          .isEqualTo(new PageHeader(number, 2, count, used, first));
    }
  }

  @Test
  void everyFlippedBitIsDamage() {
    for (int bit = 0; bit < 8 * GoldenStructures.PAGE.length; bit++) {
      byte[] page = GoldenBytes.flipped(GoldenStructures.PAGE, bit);
      assertThatThrownBy(() -> PageHeader.read(page, 0, 512, "page"))
          .as("bit %d", bit)
          .isInstanceOf(CorruptBytesException.class);
    }
  }

  @Test
  void anEmptyPageIsAPage() throws CorruptBytesException {
    byte[] page = new byte[512];
    PageHeader.write(page, 0, 1, PageHeader.SEALED, 0, 0, 0);

    assertThat(PageHeader.read(page, 0, 512, "page").bytesUsed()).isZero();
  }

  @Test
  void aNewerVersionIsNamed() {
    assertThatThrownBy(() -> PageHeader.read(changed(4, 2), 0, 512, "page 5"))
        .isInstanceOf(UnsupportedVersionException.class)
        .hasMessageContaining("page 5");
  }

  @ParameterizedTest
  @CsvSource({
    "4, 0, version",
    "5, 4, flags",
    "6, 1, reserved",
    "11, 128, pageNumber",
    "12, 10, recordCount",
    "15, 128, recordCount",
    "16, 10, bytesUsed",
    "19, 128, bytesUsed",
    "12, 0, firstRecordOffset",
    "20, 31, firstRecordOffset",
    "20, 41, firstRecordOffset",
    "28, 1, reserved"
  })
  void anImpossibleFieldIsDamage(int at, int value, String field) {
    assertThatThrownBy(() -> PageHeader.read(changed(at, value), 0, 512, "page"))
        .isInstanceOf(CorruptBytesException.class)
        .hasMessageContaining(field);
  }

  @Test
  void aChecksumIsComputedAgain_onlyInAPageThatHasAHeader() throws CorruptBytesException {
    byte[] page = new byte[512];
    PageHeader.write(page, 0, 5, PageHeader.SEALED, 1, 100, 32);
    page[60] = 1;
    assertThatThrownBy(() -> PageHeader.read(page, 0, 512, "page"))
        .isInstanceOf(CorruptBytesException.class);

    assertThat(PageHeader.renew(page, 0, 5)).isTrue();

    assertThat(PageHeader.read(page, 0, 512, "page").bytesUsed()).isEqualTo(100);
    byte[] before = page.clone();
    assertThat(PageHeader.renew(page, 0, 6)).isFalse();
    assertThat(PageHeader.renew(new byte[512], 0, 0)).isFalse();
    assertThat(page).isEqualTo(before);
    page[17] = 127;
    assertThat(PageHeader.renew(page, 0, 5)).isFalse();
    page[19] = -1;
    assertThat(PageHeader.renew(page, 0, 5)).isFalse();
  }

  @Test
  void aPageCannotUseMoreThanItHas() {
    byte[] page = new byte[1024];
    PageHeader.write(page, 0, 0, 0, 1, 480, 96);

    assertThatThrownBy(() -> PageHeader.read(page, 0, 512, "page"))
        .isInstanceOf(CorruptBytesException.class)
        .hasMessageContaining("bytesUsed is 480");
    assertThatThrownBy(() -> PageHeader.read(page, 1000, 512, "page"))
        .isInstanceOf(CorruptBytesException.class);
  }
}
