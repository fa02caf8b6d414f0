// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

/** Strings as UTF-8, without a length: the record knows it. */
final class Utf8Codec implements Codec<String> {
  static final Utf8Codec INSTANCE = new Utf8Codec();

  private Utf8Codec() {}

  @Override
  public void encode(String value, Output out) {
    out.writeUtf8(value);
  }

  @Override
  public String decode(Input in) {
    return in.readUtf8(in.remaining());
  }

  @Override
  public boolean equalsMatchesBytes() {
    return true;
  }

  @Override
  public String format() {
    return "utf8";
  }

  @Override
  public String toString() {
    return "Codec.utf8()";
  }
}
