// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import java.util.UUID;

/**
 * Turns values of one type into bytes and back. Implementations are thread-safe and keep neither
 * the {@link Output} nor the {@link Input} after they returned.
 *
 * <p>As a codec of keys: keys are the same key when their bytes are the same, so equal keys must
 * always encode to equal bytes, and a key must encode to at least one byte. As a codec of values
 * any length from 0 bytes on is allowed.
 *
 * <p>What {@link #decode} throws makes that read a counted miss; what {@link #encode} throws
 * reaches the caller of the cache and nothing is stored.
 *
 * @param <T> the type of the values
 */
public interface Codec<T> {
  /** Writes {@code value} at the end of {@code out}. */
  void encode(T value, Output out);

  /**
   * Reads a value from all bytes of {@code in}; a record is decoded alone.
   *
   * @throws DecodeException or any other unchecked exception if the bytes are no value of this
   *     codec
   */
  T decode(Input in);

  /**
   * Tells whether two values are {@linkplain Object#equals equal} exactly when their bytes are, and
   * are immutable. The cache then keeps keys as they are in the hot tier; otherwise it keeps their
   * bytes, which costs an encoding per access and is always correct. Default {@code false}.
   */
  default boolean equalsMatchesBytes() {
    return false;
  }

  /** Returns the codec of strings as UTF-8; strings with an unpaired surrogate are refused. */
  static Codec<String> utf8() {
    return Utf8Codec.INSTANCE;
  }

  /** Returns the codec of byte arrays as they are; it copies, and as keys compares the content. */
  static Codec<byte[]> bytes() {
    return BytesCodec.INSTANCE;
  }

  /** Returns the codec of 64-bit integers as 8 bytes, little-endian. */
  static Codec<Long> int64() {
    return Int64Codec.INSTANCE;
  }

  /** Returns the codec of UUIDs as 16 bytes: the most significant half, then the least. */
  static Codec<UUID> uuid() {
    return UuidCodec.INSTANCE;
  }
}
