// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.model.OversizedValueException;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

final class InputOutputTest {
  private final Output out = new Output("test", 1 << 20);

  @Test
  void bytesAreLittleEndianAndFixed() {
    out.writeByte(-1);
    out.writeBoolean(true);
    out.writeInt(0x01020304);
    out.writeLong(0x0102030405060708L);
    out.writeDouble(1.0);
    out.writeVarInt(300);
    out.writeVarInt(-1);
    out.writeString("a\u00e9\u20ac\ud83d\ude00");
    out.writeByteArray(new byte[] {7});
    assertThat(HexFormat.of().formatHex(out.toByteArray()))
        .isEqualTo(
            "ff01"
                + "04030201"
                + "0807060504030201"
                + "000000000000f03f"
                + "ac02"
                + "ffffffff0f"
                + "0a61c3a9e282acf09f9880"
                + "0107");
  }

  @Test
  void readsBackWhatWasWritten() {
    long[] longs = {0, 1, 127, 128, 16_383, 16_384, Long.MAX_VALUE, Long.MIN_VALUE, -1};
    for (long value : longs) {
      out.writeVarLong(value);
      out.writeVarInt((int) value);
      out.writeLong(value);
      out.writeInt((int) value);
      out.writeByte((int) value);
      out.writeDouble((double) value);
      out.writeString("text " + value);
      out.writeByteArray(new byte[(int) (value & 0x3FF)]);
    }
    Input in = input(out.toByteArray());
    for (long value : longs) {
      assertThat(in.readVarLong()).isEqualTo(value);
      assertThat(in.readVarInt()).isEqualTo((int) value);
      assertThat(in.readLong()).isEqualTo(value);
      assertThat(in.readInt()).isEqualTo((int) value);
      assertThat(in.readByte()).isEqualTo((byte) value);
      assertThat(in.readDouble()).isEqualTo((double) value);
      assertThat(in.readString()).isEqualTo("text " + value);
      assertThat(in.readByteArray()).hasSize((int) (value & 0x3FF));
    }
    assertThat(in.remaining()).isZero();
  }

  @Test
  void growsToItsMaximumAndNoFurther() {
    Output small = new Output("value of cache 'c'", 1000);
    small.writeBytes(new byte[999]);
    small.writeByte(1);
    assertThat(small.length()).isEqualTo(1000);
    assertThatThrownBy(() -> small.writeByte(1))
        .isInstanceOf(OversizedValueException.class)
        .hasMessage("value of cache 'c' needs at least 1001 bytes, the maximum is 1000");
    small.reset();
    assertThat(small.length()).isZero();
    assertThatThrownBy(() -> new Output("x", -1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRangeOutsideItsArrayIsRefused() {
    assertThatThrownBy(() -> out.writeBytes(new byte[3], 2, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> new Input().wrap(new byte[3], 2, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(out.length()).isZero();
  }

  @Test
  void unpairedSurrogatesAreRefused() {
    for (String text : List.of("\ud800", "\udc00", "ab\ud800cd", "\udc00\ud800")) {
      assertThatThrownBy(() -> out.writeUtf8(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("unpaired surrogate");
    }
  }

  @Test
  void whatIsShortOrMalformedIsATypedError() {
    refused("", Input::readByte, "expected 1 bytes at byte 0 of 0, found 0");
    refused("010203", Input::readInt, "expected 4 bytes at byte 0 of 3, found 3");
    refused("01020304050607", Input::readLong, "expected 8 bytes at byte 0 of 7, found 7");
    refused("02", Input::readBoolean, "expected 0 or 1 before byte 1 of 1, found 2");
    refused("ff", Input::readVarInt, "expected 1 bytes at byte 1 of 1, found 0");
    refused("ffffffff1f", Input::readVarInt, "does not fit 32 bits");
    refused("ffffffffffffffffff7f", Input::readVarLong, "does not fit 64 bits");
    refused("ffffffffffffffffffff01", Input::readVarLong, "does not fit 64 bits");
    refused("ffffffff07", Input::readByteArray, "expected 2147483647 bytes");
    refused("ffffffff0f", Input::readByteArray, "expected -1 bytes");
    refused("0561", Input::readString, "expected 5 bytes");
    refused("02c328", Input::readString, "malformed UTF-8");
    refused("03eda080", Input::readString, "malformed UTF-8");
    refused("01", then(in -> in.requireRemaining(2)), "expected 2 bytes at byte 0 of 1, found 1");
    refused("01", then(in -> in.skip(2)), "expected 2 bytes");
    refused("01", then(in -> in.skip(-1)), "expected -1 bytes");
  }

  @Test
  void theReplacementCharacterItselfIsText() {
    out.writeString("a\ufffdb");
    assertThat(input(out.toByteArray()).readString()).isEqualTo("a\ufffdb");
  }

  @Test
  void anyBytesGiveAValueOrATypedError() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(40)];
      random.nextBytes(bytes);
      Input in = input(bytes);
      try {
        while (in.remaining() > 0) {
          readAnything(in, random.nextInt(7));
        }
      } catch (DecodeException e) {
        assertThat(e).hasMessageContaining("byte");
      }
    }
  }

  private static void readAnything(Input in, int choice) {
    Object unused =
        switch (choice) {
          case 0 -> in.readByte();
          case 1 -> in.readInt();
          case 2 -> in.readLong();
          case 3 -> in.readVarInt();
          case 4 -> in.readVarLong();
          case 5 -> in.readByteArray();
          default -> in.readString();
        };
  }

  private static Function<Input, Object> then(Consumer<Input> use) {
    return in -> {
      use.accept(in);
      return in;
    };
  }

  private static void refused(String hex, Function<Input, Object> read, String message) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThatThrownBy(() -> read.apply(input(bytes)))
        .isInstanceOf(DecodeException.class)
        .hasMessageContaining(message);
  }

  /** Returns the bytes in the middle of an array of others, which must not be read. */
  private static Input input(byte[] bytes) {
    byte[] among = new byte[bytes.length + 20];
    System.arraycopy(bytes, 0, among, 10, bytes.length);
    Input in = new Input();
    in.wrap(among, 10, bytes.length);
    return in;
  }
}
