// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The attributes of records whose expiry reads prolong. */
final class LifespanTest {
  private static final long NONE = -7;

  private static long deadline(String hex) {
    byte[] bytes = HexFormat.of().parseHex("ffff" + hex + "ffff");
    return Lifespan.deadline(bytes, 2, bytes.length - 4, NONE);
  }

  @Test
  void whatIsNotProlongedHasNoAttributes() {
    assertThat(Lifespan.ENDLESS.attributes()).isNull();
    assertThat(new Lifespan(1, 1000, 1000).attributes()).isNull();
  }

  @Test
  void theBytesAreThoseOfTheTable() {
    assertThat(new Lifespan(1, 1000, Lifetime.NEVER).attributes())
        .isEqualTo(HexFormat.of().parseHex("01"));
    assertThat(new Lifespan(1, 1000, 0x0102030405060708L).attributes())
        .isEqualTo(HexFormat.of().parseHex("010807060504030201"));
    assertThat(deadline("01")).isEqualTo(Lifetime.NEVER);
    assertThat(deadline("010807060504030201")).isEqualTo(0x0102030405060708L);
  }

  @Test
  void otherAttributesTellOfNoDeadline() {
    assertThat(deadline("")).isEqualTo(NONE);
    assertThat(deadline("020807060504030201")).isEqualTo(NONE);
  }
}
