// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Types as services cache them, and both versions of Jackson to put them through. */
final class JsonSamples {
  private JsonSamples() {}

  enum Kind {
    NOVEL,
    POEMS {
      @Override
      public String toString() {
        return "verses";
      }
    }
  }

  record Author(String name, @Nullable LocalDate born) {}

  record Book(String title, @Nullable Author author, int pages, Kind kind, List<String> tags) {}

  record Shelf(Map<String, Map<String, List<Book>>> books, Instant filled, boolean full) {}

  /** A later build of {@link Author}: one property less, three more. */
  record LaterAuthor(String name, @Nullable String country, int books, boolean alive) {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Circle.class, name = "circle"),
    @JsonSubTypes.Type(value = Square.class, name = "square")
  })
  sealed interface Shape {}

  record Circle(double radius) implements Shape {}

  record Square(double side) implements Shape {}

  /** Bytes would say which class to create. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
  interface AnyClass {}

  record HoldsAnyClass(List<AnyClass> values) {}

  record HoldsClass(Class<?> type) {}

  /** Without properties, as far as Jackson can see. */
  static final class Opaque {
    private final int hidden = 1;

    @Override
    public String toString() {
      return "opaque " + hidden;
    }
  }

  /** Whoever loads it by name can see that it was initialised. */
  static final class Gadget {
    static {
      System.setProperty("firn.test.gadget", "was here");
    }
  }

  /** A bean with the names on which conventions differ. */
  static final class Bean {
    private @Nullable String url;
    private int xIndex;
    private boolean open;
    private final List<String> onlyRead = new ArrayList<>();

    public @Nullable String getURL() {
      return url;
    }

    public void setURL(@Nullable String value) {
      url = value;
    }

    public int getxIndex() {
      return xIndex;
    }

    public void setxIndex(int value) {
      xIndex = value;
    }

    public boolean isOpen() {
      return open;
    }

    public void setOpen(boolean value) {
      open = value;
    }

    public List<String> getOnlyRead() {
      return onlyRead;
    }

    public String getComputed() {
      return "from " + xIndex;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bean that
          && Objects.equals(url, that.url)
          && xIndex == that.xIndex
          && open == that.open
          && onlyRead.equals(that.onlyRead);
    }

    @Override
    public int hashCode() {
      return Objects.hash(url, xIndex, open, onlyRead);
    }
  }

  static Book book() {
    return new Book(
        "Stiller \u00dc\ud83d\ude00 \"/\\\u0000",
        new Author("Frisch", LocalDate.of(1911, 5, 15)),
        438,
        Kind.POEMS,
        List.of("a", "b"));
  }

  static <T> JsonCodec<T> jackson2(Type type) {
    return new JsonCodec<>(type, new Jackson2Mapping<>(type));
  }

  static <T> JsonCodec<T> jackson3(Type type) {
    return new JsonCodec<>(type, new Jackson3Mapping<>(type));
  }

  /** Both versions, in no order that matters. */
  static <T> List<Codec<T>> both(Type type) {
    return List.of(jackson2(type), jackson3(type));
  }

  static <T> byte[] encode(Codec<T> codec, T value) {
    Output out = new Output("test", 1 << 24);
    codec.encode(value, out);
    return out.toByteArray();
  }

  static <T> String text(Codec<T> codec, T value) {
    return new String(encode(codec, value), StandardCharsets.UTF_8);
  }

  static <T> T decode(Codec<T> codec, byte[] bytes) {
    byte[] among = new byte[bytes.length + 20];
    System.arraycopy(bytes, 0, among, 10, bytes.length);
    Input in = new Input();
    in.wrap(among, 10, bytes.length);
    return codec.decode(in);
  }

  static <T> T decode(Codec<T> codec, String text) {
    return decode(codec, text.getBytes(StandardCharsets.UTF_8));
  }
}
