// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import io.firn.cold.model.UnsupportedHereException;
import java.io.ObjectInputFilter;
import java.util.UUID;

/**
 * Turns values of one type into bytes and back. Implementations are thread-safe and keep neither
 * the {@link Output} nor the {@link Input} after they returned.
 *
 * <p>As a codec of keys: keys are the same key when their bytes are the same, so equal keys must
 * always encode to equal bytes, and a key must encode to at least one byte. As a codec of values
 * any length from 0 bytes on is allowed.
 *
 * <p><b>A codec of keys whose encoding differs for equal keys is an error.</b> Nothing tells the
 * cache, for which these are different keys: what was put under one is not found and not removed
 * under the other, and both take room. Two ways to make this mistake:
 *
 * <pre>{@code
 * // A HashSet iterates in an order of its own, so equal sets may be different texts. Use a SortedSet.
 * Codec.json(new GenericType<Set<String>>() {})
 *
 * // Java serialization writes an object once and then refers to it, so List.of(a, a) and
 * // List.of(a, new String(a)) are equal and have different bytes.
 * Codec.java(List.class, allowList)
 * }</pre>
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

  /**
   * Names the format of the bytes, such as {@code utf8}. A cache remembers the formats of its keys
   * and of its values, and refuses to be opened with a codec of another one. The name should change
   * when this codec can no longer read what it wrote before, and only then; that of a codec around
   * another one should contain the other's. Default: empty, which stands for unknown and is not
   * compared, so that the class of a codec may be renamed.
   *
   * @return at most 1,024 chars, no unpaired surrogates; always the same
   */
  default String format() {
    return "";
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

  /**
   * Returns the codec of a class as JSON, for which Jackson must be present: {@code
   * tools.jackson.core:jackson-databind} from 3.0 on or {@code
   * com.fasterxml.jackson.core:jackson-databind} from 2.18 on. Firn brings neither. If both are
   * there it takes Jackson 3; each reads what the other wrote.
   *
   * <p>Properties are sorted by name and map entries by key. Null properties are written. When
   * read, an unknown property is ignored and a missing one is null, 0 or false, so that a class may
   * gain and lose properties. Times are texts in ISO 8601 with their offset and zone; with Jackson
   * 2 they need {@code jackson-datatype-jsr310}, {@code Optional} needs {@code
   * jackson-datatype-jdk8}, and classes whose constructors have named parameters but no annotations
   * need {@code jackson-module-parameter-names}. Modules that are present are found.
   *
   * <p>A text never says which class to create: subtypes are told apart by names that {@code
   * JsonSubTypes} lists, {@code JsonTypeInfo} with class names is refused, and so are values that
   * hold a {@link Class}. Nesting ends at 500 levels, and a number is read up to 10,000 characters.
   *
   * @throws UnsupportedHereException if no Jackson is present, or one that is too old
   * @throws IllegalArgumentException if Jackson cannot read the class
   */
  static <T> Codec<T> json(Class<T> type) {
    return JsonCodec.of(type);
  }

  /**
   * Returns the codec of a type with type arguments as JSON, like {@link #json(Class)}.
   *
   * @throws UnsupportedHereException if no Jackson is present, or one that is too old
   * @throws IllegalArgumentException if Jackson cannot read the type
   */
  static <T> Codec<T> json(GenericType<T> type) {
    return JsonCodec.of(type.type());
  }

  /**
   * Returns the codec of Java serialization for classes that {@code allowList} allows; one on which
   * it is undecided is refused, except arrays of primitive types. {@link
   * ObjectInputFilter.Config#createFilter} makes one from a pattern like {@code
   * "com.acme.shop.*;java.util.ArrayList"}. The classes of all fields and superclasses count.
   *
   * <p>Not read besides are nesting of more than 500 levels, arrays and tables that claim more
   * elements than there are bytes for, what is not a {@code type}, and bytes behind it. The filter
   * must allow no class whose {@code readObject} or {@code readResolve} does harm; sets and maps
   * whose elements may be sets and maps can be made to take very long.
   *
   * @throws NullPointerException if {@code allowList} is null
   */
  static <T> Codec<T> java(Class<T> type, ObjectInputFilter allowList) {
    return new JavaCodec<>(type, allowList);
  }
}
