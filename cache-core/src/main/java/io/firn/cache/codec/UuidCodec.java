// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import java.util.UUID;

/** UUIDs as 16 bytes: the most significant half, then the least, each little-endian. */
final class UuidCodec implements Codec<UUID> {
  static final UuidCodec INSTANCE = new UuidCodec();

  private UuidCodec() {}

  @Override
  public void encode(UUID value, Output out) {
    out.writeLong(value.getMostSignificantBits());
    out.writeLong(value.getLeastSignificantBits());
  }

  @Override
  public UUID decode(Input in) {
    in.requireRemaining(2 * Long.BYTES);
    long most = in.readLong();
    return new UUID(most, in.readLong());
  }

  @Override
  public boolean equalsMatchesBytes() {
    return true;
  }

  @Override
  public String format() {
    return "uuid";
  }

  @Override
  public String toString() {
    return "Codec.uuid()";
  }
}
