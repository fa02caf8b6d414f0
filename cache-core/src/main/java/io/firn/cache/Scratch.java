// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cache.codec.Codec;
import io.firn.cache.codec.Input;
import io.firn.cache.codec.Output;
import io.firn.cold.ColdTable;
import io.firn.cold.ColdWrite;
import io.firn.cold.RecordDecoder;
import org.jspecify.annotations.Nullable;

/**
 * The buffers of one call: the encoded key, the encoded value, and the decoder of what is found.
 * Owned by one thread between {@link ScratchPool#take} and {@link ScratchPool#release}.
 */
final class Scratch<K, V> implements RecordDecoder<V> {
  /* A buffer that one large value has grown is not kept for the small ones. */
  private static final int MAXIMUM_KEPT_BYTES = 256 << 10;

  private static final long NO_DEADLINE = Long.MIN_VALUE;

  private final Codec<K> keys;
  private final Codec<V> values;
  private final Output key;
  private final Output value;
  private final Input input = new Input();
  private long hash;
  private boolean undecodable;
  private long writtenAtMillis;
  private long expiresAtMillis;
  private long deadlineMillis;

  Scratch(String cache, Codec<K> keys, Codec<V> values, int maximumValueBytes) {
    this.keys = keys;
    this.values = values;
    this.key = new Output("key of cache '" + cache + "'", ColdTable.maximumKeyBytes());
    this.value = new Output("value of cache '" + cache + "'", maximumValueBytes);
  }

  /**
   * Encodes a key.
   *
   * @throws IllegalArgumentException if it has no bytes
   */
  void encodeKey(K decoded) {
    key.reset();
    keys.encode(decoded, key);
    if (key.length() == 0) {
      throw new IllegalArgumentException("key encodes to 0 bytes, must be at least 1");
    }
  }

  void encodeValue(V decoded) {
    value.reset();
    values.encode(decoded, value);
  }

  byte[] key() {
    return key.array();
  }

  int keyLength() {
    return key.length();
  }

  byte[] value() {
    return value.array();
  }

  int valueLength() {
    return value.length();
  }

  /** Notes the hash of the encoded key. */
  void hash(long ofKey) {
    hash = ofKey;
  }

  long hash() {
    return hash;
  }

  /**
   * Encodes a record of the encoded key and value, and copies it to its place; see {@link
   * ColdTable#preparePut}.
   */
  ColdWrite preparePut(ColdTable table, Lifespan lifespan) {
    return table.preparePut(
        hash,
        key(),
        keyLength(),
        value(),
        valueLength(),
        lifespan.writtenAtMillis() == Lifespan.UNKNOWN ? ColdTable.NOW : lifespan.writtenAtMillis(),
        lifespan.expiresAtMillis(),
        lifespan.attributes());
  }

  /** Copies the key out of the buffer. */
  EncodedKey copyKey() {
    return EncodedKey.copyOf(key.array(), 0, key.length(), hash);
  }

  /** Forgets the outcome of an earlier read. */
  void beginRead() {
    undecodable = false;
    writtenAtMillis = Lifespan.UNKNOWN;
    expiresAtMillis = Lifetime.NEVER;
    deadlineMillis = NO_DEADLINE;
  }

  @Override
  public void attributes(byte[] buffer, int offset, int length) {
    deadlineMillis = Lifespan.deadline(buffer, offset, length, NO_DEADLINE);
  }

  @Override
  @SuppressWarnings("CatchingUnchecked") // a codec in another language may throw a checked one
  public @Nullable V decode(
      byte[] buffer, int valueOffset, int length, long writeTimeMillis, long expiryMillis) {
    writtenAtMillis = writeTimeMillis;
    expiresAtMillis = expiryMillis;
    deadlineMillis = deadlineMillis == NO_DEADLINE ? expiryMillis : deadlineMillis;
    input.wrap(buffer, valueOffset, length);
    try {
      return requireDecoded(values.decode(input));
    } catch (Exception e) {
      undecodable = true;
      return null;
    } finally {
      input.release();
    }
  }

  /** Makes a key of its bytes; null if the codec refuses them. */
  @SuppressWarnings("CatchingUnchecked") // a codec in another language may throw a checked one
  @Nullable K decodeKey(byte[] buffer, int offset, int length) {
    input.wrap(buffer, offset, length);
    try {
      return keys.decode(input);
    } catch (Exception e) {
      return null;
    } finally {
      input.release();
    }
  }

  /** Tells whether the last read found a record that the codec refused. */
  boolean undecodable() {
    return undecodable;
  }

  /** Returns when the record was written that the last read found, in whole seconds. */
  long writtenAtMillis() {
    return writtenAtMillis;
  }

  /** Returns the expiry of the record that the last read found. */
  long expiresAtMillis() {
    return expiresAtMillis;
  }

  /** Returns up to when reads can prolong the expiry of that record; the expiry if they cannot. */
  long deadlineMillis() {
    return deadlineMillis;
  }

  boolean isWorthKeeping() {
    return key.array().length <= MAXIMUM_KEPT_BYTES && value.array().length <= MAXIMUM_KEPT_BYTES;
  }

  private V requireDecoded(@Nullable V decoded) {
    if (decoded == null) {
      throw new NullPointerException(values + " decoded null");
    }
    return decoded;
  }
}
