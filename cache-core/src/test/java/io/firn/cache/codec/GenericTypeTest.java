// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class GenericTypeTest {
  private abstract static class Between<T> extends GenericType<List<T>> {}

  private static <T> GenericType<Map<String, List<? extends T[]>>> erased() {
    return new GenericType<>() {};
  }

  @SuppressWarnings("rawtypes")
  private static GenericType raw() {
    return new GenericType() {};
  }

  @Test
  void namesATypeWithItsArguments() {
    assertThat(new GenericType<List<String>>() {}).hasToString("java.util.List<java.lang.String>");
    assertThat(new GenericType<String>() {}.type()).isEqualTo(String.class);
    assertThat(Codec.json(new GenericType<Map<String, ? extends List<Long>[]>>() {}))
        .asString()
        .startsWith("Codec.json(java.util.Map<java.lang.String, ");
  }

  @Test
  void whatIsErasedIsRefused() {
    assertThatThrownBy(GenericTypeTest::<String>erased)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("type variable");
    assertThatThrownBy(GenericTypeTest::raw).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Between<String>() {})
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("directly");
  }
}
