// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import static java.util.Objects.requireNonNull;

import io.firn.cold.model.UnsupportedHereException;
import java.io.IOException;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/** Values of one type as JSON text, by whichever Jackson is present. */
final class JsonCodec<T> implements Codec<T> {
  /** What is said about a value that is or holds a class. */
  static final String NO_CLASSES = "Codec.json neither writes nor reads classes";

  private static final String MAPPER_3 = "tools.jackson.databind.ObjectMapper";
  private static final String MAPPER_2 = "com.fasterxml.jackson.databind.ObjectMapper";

  private final Type type;
  private final JsonMapping<T> mapping;

  JsonCodec(Type type, JsonMapping<T> mapping) {
    this.type = type;
    this.mapping = mapping;
    try {
      // Makes Jackson look at the type, so that one which it cannot read fails here.
      Object unused = mapping.read("null");
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(this + " is not possible: " + firstLine(e), e);
    }
  }

  /**
   * Returns the codec of {@code type}, with Jackson 3 where both versions are present.
   *
   * @throws UnsupportedHereException if neither is, or the one that is preferred is too old
   */
  static <T> JsonCodec<T> of(Type type) {
    requireNonNull(type, "type");
    try {
      return new JsonCodec<>(type, mapping(type));
    } catch (LinkageError e) {
      throw new UnsupportedHereException(
          "Codec.json found a Jackson that is too old or incomplete; " + wanted(), e);
    }
  }

  @Override
  public void encode(T value, Output out) {
    requireNonNull(value, "value");
    OutputBytes stream = new OutputBytes(out);
    try {
      mapping.write(value, stream);
    } catch (IOException | RuntimeException e) {
      throw stream.explain(e, this, value);
    }
  }

  @Override
  public T decode(Input in) {
    int count = in.remaining();
    // UTF-8 is checked here, and the text is no longer than what is there.
    String text = in.readUtf8(count);
    @Nullable T value;
    try {
      value = mapping.read(text);
    } catch (IOException | RuntimeException | StackOverflowError e) {
      throw new DecodeException(this + " cannot decode " + count + " bytes: " + firstLine(e), e);
    }
    if (value == null) {
      throw new DecodeException(this + " decoded null from " + count + " bytes");
    }
    return value;
  }

  @Override
  public String format() {
    return "json";
  }

  @Override
  public String toString() {
    return "Codec.json(" + type.getTypeName() + ")";
  }

  private static <T> JsonMapping<T> mapping(Type type) {
    if (isPresent(MAPPER_3)) {
      return new Jackson3Mapping<>(type);
    }
    if (isPresent(MAPPER_2)) {
      return new Jackson2Mapping<>(type);
    }
    throw new UnsupportedHereException("Codec.json found no Jackson; " + wanted(), null);
  }

  private static boolean isPresent(String name) {
    try {
      Class<?> unused = Class.forName(name, false, JsonCodec.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /** Returns what Jackson says without where it says it: that is several lines. */
  private static String firstLine(Throwable thrown) {
    String message = String.valueOf(thrown.getMessage());
    int end = message.indexOf('\n');
    return end < 0 ? message : message.substring(0, end);
  }

  private static String wanted() {
    return "it needs tools.jackson.core:jackson-databind (3.0 or newer)"
        + " or com.fasterxml.jackson.core:jackson-databind (2.18 or newer)";
  }
}
