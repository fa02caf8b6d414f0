// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

/** 64-bit integers as 8 bytes, little-endian. */
final class Int64Codec implements Codec<Long> {
  static final Int64Codec INSTANCE = new Int64Codec();

  private Int64Codec() {}

  @Override
  public void encode(Long value, Output out) {
    out.writeLong(value);
  }

  @Override
  public Long decode(Input in) {
    in.requireRemaining(Long.BYTES);
    return in.readLong();
  }

  @Override
  public boolean equalsMatchesBytes() {
    return true;
  }

  @Override
  public String format() {
    return "int64";
  }

  @Override
  public String toString() {
    return "Codec.int64()";
  }
}
