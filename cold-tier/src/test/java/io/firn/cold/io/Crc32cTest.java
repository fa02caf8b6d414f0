// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class Crc32cTest {
  /** The examples of RFC 3720, appendix B.4. */
  static Stream<Arguments> vectors() {
    byte[] ones = new byte[32];
    Arrays.fill(ones, (byte) 0xFF);
    byte[] up = new byte[32];
    byte[] down = new byte[32];
    for (int i = 0; i < 32; i++) {
      up[i] = (byte) i;
      down[i] = (byte) (31 - i);
    }
    byte[] readCommand =
        HexFormat.of()
            .parseHex(
                "01c0000000000000000000000000000014000000000004000000001400000018"
                    + "28000000000000000200000000000000");
    return Stream.of(
        Arguments.of(new byte[32], 0x8A9136AA),
        Arguments.of(ones, 0x62A8AB43),
        Arguments.of(up, 0x46DD794E),
        Arguments.of(down, 0x113FDB5C),
        Arguments.of(readCommand, 0xD9963A56));
  }

  @ParameterizedTest
  @MethodSource("vectors")
  void givesTheValuesOfTheStandard(byte[] bytes, int expected) {
    SoftwareCrc32c software = new SoftwareCrc32c();
    software.update(bytes, 0, bytes.length);
    assertThat((int) software.getValue()).isEqualTo(expected);
    assertThat(Crc32c.of(bytes, 0, bytes.length)).isEqualTo(expected);
  }

  @Test
  void softwareEqualsTheJdkOnRandomRanges() {
    Random random = new Random(1);
    byte[] bytes = new byte[3_000];
    random.nextBytes(bytes);
    Checksum software = new SoftwareCrc32c();
    Checksum jdk = new CRC32C();
    for (int i = 0; i < 2_000; i++) {
      if (random.nextInt(10) == 0) {
        software.reset();
        jdk.reset();
      }
      int length = random.nextInt(random.nextBoolean() ? 20 : 2_000);
      int offset = random.nextInt(bytes.length - length + 1);
      software.update(bytes, offset, length);
      jdk.update(bytes, offset, length);
      software.update(i);
      jdk.update(i);
      assertThat(software.getValue()).isEqualTo(jdk.getValue());
    }
  }

  @Test
  void accumulatesPiecesAndNumbers() {
    byte[] bytes = {9, 1, 2, 3, 4, 5, 6, 7, 8, 10, 11, 12, 13, 14};
    Crc32c crc = new Crc32c();
    crc.updateLong(99);
    crc.reset();
    crc.update(bytes, 0, 1);
    crc.updateLong(0x0807060504030201L);
    crc.updateInt(0x0D0C0B0A);
    crc.update(bytes, 13, 1);
    assertThat(crc.value()).isEqualTo(Crc32c.of(bytes, 0, bytes.length));
  }

  @Test
  void refusesRangesOutsideTheArray() {
    assertThatThrownBy(() -> Crc32c.of(new byte[4], 2, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> new Crc32c().update(new byte[4], -1, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void knowsWhereProcessorsHelp() {
    assertThat(Crc32c.hasInstructions("amd64", "mixed mode, sharing")).isTrue();
    assertThat(Crc32c.hasInstructions("AArch64", "mixed mode")).isTrue();
    assertThat(Crc32c.hasInstructions("amd64", "interpreted mode")).isFalse();
    assertThat(Crc32c.hasInstructions("pdp11", "mixed mode")).isFalse();
    assertThat(Crc32c.isHardware())
        .isEqualTo(
            Crc32c.hasInstructions(
                System.getProperty("os.arch"), System.getProperty("java.vm.info")));
  }

  @Test
  void readsItsSwitch() {
    assertThat(Crc32c.isSoftware("auto")).isFalse();
    assertThat(Crc32c.isSoftware("software")).isTrue();
    assertThatThrownBy(() -> Crc32c.isSoftware("abacus"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("abacus");
  }
}
