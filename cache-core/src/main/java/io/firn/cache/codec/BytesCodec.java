// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

/** Byte arrays as they are. */
final class BytesCodec implements Codec<byte[]> {
  static final BytesCodec INSTANCE = new BytesCodec();

  private BytesCodec() {}

  @Override
  public void encode(byte[] value, Output out) {
    out.writeBytes(value);
  }

  @Override
  public byte[] decode(Input in) {
    return in.readBytes(in.remaining());
  }

  @Override
  public String format() {
    return "bytes";
  }

  @Override
  public String toString() {
    return "Codec.bytes()";
  }
}
