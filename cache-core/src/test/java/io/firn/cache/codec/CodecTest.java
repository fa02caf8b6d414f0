// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** The built-in codecs: their bytes are a format, so they are written down here. */
final class CodecTest {
  @Test
  void utf8() {
    assertThat(hex(Codec.utf8(), "h\u00e9llo \ud83d\ude00")).isEqualTo("68c3a96c6c6f20f09f9880");
    assertThat(decode(Codec.utf8(), "68c3a96c6c6f20f09f9880")).isEqualTo("h\u00e9llo \ud83d\ude00");
    assertThat(decode(Codec.utf8(), "")).isEmpty();
    assertThatThrownBy(() -> decode(Codec.utf8(), "ff")).isInstanceOf(DecodeException.class);
    String large = "\u20ac".repeat(10_000) + "x".repeat(10_000);
    assertThat(decode(Codec.utf8(), hex(Codec.utf8(), large))).isEqualTo(large);
  }

  @Test
  void bytes() {
    assertThat(hex(Codec.bytes(), new byte[] {1, -1})).isEqualTo("01ff");
    assertThat(decode(Codec.bytes(), "01ff")).containsExactly(1, -1);
    assertThat(decode(Codec.bytes(), "")).isEmpty();
  }

  @Test
  void int64() {
    assertThat(hex(Codec.int64(), 0x0102030405060708L)).isEqualTo("0807060504030201");
    assertThat(decode(Codec.int64(), "feffffffffffffff")).isEqualTo(-2);
    assertThatThrownBy(() -> decode(Codec.int64(), "00")).isInstanceOf(DecodeException.class);
    assertThatThrownBy(() -> decode(Codec.int64(), "000000000000000000"))
        .isInstanceOf(DecodeException.class);
  }

  @Test
  void uuid() {
    UUID value = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
    assertThat(hex(Codec.uuid(), value)).isEqualTo("7766554433221100ffeeddccbbaa9988");
    assertThat(decode(Codec.uuid(), "7766554433221100ffeeddccbbaa9988")).isEqualTo(value);
    assertThatThrownBy(() -> decode(Codec.uuid(), "00")).isInstanceOf(DecodeException.class);
  }

  @Test
  void onlyCodecsOfImmutableValuesAreComparedByEquals() {
    assertThat(Codec.utf8().equalsMatchesBytes()).isTrue();
    assertThat(Codec.int64().equalsMatchesBytes()).isTrue();
    assertThat(Codec.uuid().equalsMatchesBytes()).isTrue();
    assertThat(Codec.bytes().equalsMatchesBytes()).isFalse();
  }

  private static <T> String hex(Codec<T> codec, T value) {
    Output out = new Output("test", 1 << 20);
    codec.encode(value, out);
    return HexFormat.of().formatHex(out.toByteArray());
  }

  private static <T> T decode(Codec<T> codec, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    Input in = new Input();
    in.wrap(bytes, 0, bytes.length);
    return codec.decode(in);
  }
}
