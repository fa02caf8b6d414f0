// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import static io.firn.cache.codec.JsonSamples.both;
import static io.firn.cache.codec.JsonSamples.decode;
import static io.firn.cache.codec.JsonSamples.jackson2;
import static io.firn.cache.codec.JsonSamples.jackson3;
import static io.firn.cache.codec.JsonSamples.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.JsonSamples.AnyClass;
import io.firn.cache.codec.JsonSamples.Author;
import io.firn.cache.codec.JsonSamples.Bean;
import io.firn.cache.codec.JsonSamples.Book;
import io.firn.cache.codec.JsonSamples.Circle;
import io.firn.cache.codec.JsonSamples.Gadget;
import io.firn.cache.codec.JsonSamples.HoldsAnyClass;
import io.firn.cache.codec.JsonSamples.HoldsClass;
import io.firn.cache.codec.JsonSamples.Kind;
import io.firn.cache.codec.JsonSamples.LaterAuthor;
import io.firn.cache.codec.JsonSamples.Opaque;
import io.firn.cache.codec.JsonSamples.Shape;
import io.firn.cache.codec.JsonSamples.Shelf;
import io.firn.cache.codec.JsonSamples.Square;
import io.firn.cold.model.OversizedValueException;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.Date;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What is written with either version of Jackson is the same text, and both read it. */
final class JsonCodecTest {
  @Test
  void recordsAndLists() {
    Book book = JsonSamples.book();
    same(Book.class, book);
    same(Book.class, new Book("", null, 0, Kind.NOVEL, List.of()));
    same(new GenericType<List<Book>>() {}, List.of(book, book));
    same(
        Shelf.class,
        new Shelf(Map.of("a", Map.of("b", List.of(book), "c", List.of())), Instant.EPOCH, true));
    assertThat(text(Codec.json(Author.class), new Author("Frisch", LocalDate.of(1911, 5, 15))))
        .isEqualTo("{\"born\":\"1911-05-15\",\"name\":\"Frisch\"}");
    assertThat(text(Codec.json(Author.class), new Author("Frisch", null)))
        .isEqualTo("{\"born\":null,\"name\":\"Frisch\"}");
  }

  @Test
  void beans() {
    Bean bean = new Bean();
    bean.setURL("http://localhost");
    bean.setxIndex(7);
    bean.setOpen(true);
    bean.getOnlyRead().add("one");
    same(Bean.class, bean);
    same(Bean.class, new Bean());
  }

  @Test
  @SuppressWarnings("JavaUtilDate") // services have it in their classes
  void times() {
    ZoneId paris = ZoneId.of("Europe/Paris");
    same(Instant.class, Instant.parse("2026-01-02T03:04:05.123456789Z"));
    same(LocalDate.class, LocalDate.of(2026, 1, 2));
    same(LocalTime.class, LocalTime.of(1, 2, 3, 4));
    same(LocalDateTime.class, LocalDateTime.of(2026, 1, 2, 3, 4));
    same(OffsetDateTime.class, OffsetDateTime.parse("2026-01-02T03:04:05+01:00"));
    same(ZonedDateTime.class, ZonedDateTime.of(2026, 1, 2, 3, 4, 5, 6, paris));
    same(ZoneId.class, paris);
    same(Duration.class, Duration.ofNanos(-1_234_567_890_123L));
    same(Period.class, Period.of(1, 2, 3));
    same(Year.class, Year.of(2026));
    same(YearMonth.class, YearMonth.of(2026, 3));
    same(Month.class, Month.MAY);
    same(DayOfWeek.class, DayOfWeek.MONDAY);
    same(Date.class, new Date(1_234_567_890_123L));
    same(new GenericType<Map<Instant, Month>>() {}, Map.of(Instant.EPOCH, Month.JUNE));
  }

  @Test
  void simpleValuesAndMaps() {
    same(String.class, "\ud83d\ude00\u2028\u0000");
    same(Long.class, Long.MIN_VALUE);
    same(Double.class, 2.0E-3);
    same(Double.class, Double.NaN);
    same(BigDecimal.class, new BigDecimal("1.500"));
    same(BigDecimal.class, new BigDecimal("1E+1000000"));
    same(BigInteger.class, BigInteger.TEN.pow(JsonSettings.MAXIMUM_NUMBER_CHARS - 1));
    same(UUID.class, new UUID(1, 2));
    same(URI.class, URI.create("http://localhost/a"));
    same(Locale.class, Locale.forLanguageTag("zh-Hans-CN"));
    same(new GenericType<Map<Locale, Integer>>() {}, Map.of(Locale.forLanguageTag("zh-Hans"), 1));
    same(new GenericType<Optional<String>>() {}, Optional.empty());
    same(new GenericType<Map<Kind, int[]>>() {}, Map.of());
    Map<String, Object> nested = new HashMap<>();
    nested.put("z", null);
    nested.put("a", List.of(1.5, "x", Map.of("k", true)));
    nested.put("m", Long.MAX_VALUE);
    same(new GenericType<Map<String, Object>>() {}, nested);
  }

  @Test
  void subtypesByNamesThatTheClassesList() {
    same(new GenericType<List<Shape>>() {}, List.of(new Circle(1), new Square(2)));
    same(Shape.class, new Circle(2));
    for (Codec<Shape> codec : JsonSamples.<Shape>both(Shape.class)) {
      refused(codec, "{\"@type\":\"triangle\"}");
      refused(codec, "{\"@type\":\"io.firn.cache.codec.JsonSamples$Circle\",\"radius\":1}");
    }
  }

  @Test
  void equalMapsAreEqualTextsWhateverTheirOrder() {
    GenericType<Map<String, Integer>> type = new GenericType<>() {};
    Map<String, Integer> forward = new LinkedHashMap<>();
    Map<String, Integer> backward = new LinkedHashMap<>();
    for (int i = 0; i < 100; i++) {
      forward.put("key " + i, i);
      backward.put("key " + (99 - i), 99 - i);
    }
    for (Codec<Map<String, Integer>> codec : JsonSamples.<Map<String, Integer>>both(type.type())) {
      assertThat(text(codec, forward)).isEqualTo(text(codec, backward));
      assertThat(codec.equalsMatchesBytes()).isFalse();
    }
  }

  @Test
  void aClassMayGainAndLoseProperties() {
    for (Codec<LaterAuthor> codec : JsonSamples.<LaterAuthor>both(LaterAuthor.class)) {
      assertThat(decode(codec, "{\"born\":\"1911-05-15\",\"name\":\"Frisch\"}"))
          .isEqualTo(new LaterAuthor("Frisch", null, 0, false));
      assertThat(decode(codec, "{\"name\":\"Frisch\",\"other\":{\"x\":[1,{}]},\"books\":null}"))
          .isEqualTo(new LaterAuthor("Frisch", null, 0, false));
    }
  }

  @Test
  void aClassInTheBytesIsAnUnknownPropertyOrAnEntryOfAMap() {
    String text = "{\"@class\":\"" + Gadget.class.getName() + "\",\"name\":\"n\",\"born\":null}";
    for (Codec<Author> codec : JsonSamples.<Author>both(Author.class)) {
      assertThat(decode(codec, text)).isEqualTo(new Author("n", null));
      refused(codec, "[\"" + Gadget.class.getName() + "\",{\"name\":\"n\"}]");
    }
    for (Codec<Object> codec : both(Object.class)) {
      assertThat(decode(codec, text)).isInstanceOf(Map.class);
    }
    for (Codec<Object> codec : both(Class.class)) {
      refused(codec, '"' + Gadget.class.getName() + '"');
    }
    Type keys = new GenericType<Map<Class<?>, Integer>>() {}.type();
    for (Codec<Object> codec : both(keys)) {
      refused(codec, "{\"" + Gadget.class.getName() + "\":1}");
      assertThatThrownBy(() -> JsonSamples.encode(codec, Map.of(String.class, 1)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("neither writes nor reads classes");
    }
    for (Codec<HoldsClass> codec : JsonSamples.<HoldsClass>both(HoldsClass.class)) {
      refused(codec, "{\"type\":\"" + Gadget.class.getName() + "\"}");
    }
    assertThat(System.getProperty("firn.test.gadget")).isNull();
  }

  @Test
  void aTypeThatCannotBeReadSafelyFailsAtTheCall() {
    for (Class<?> type : List.of(AnyClass.class, HoldsAnyClass.class)) {
      assertThatThrownBy(() -> jackson2(type)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> jackson3(type))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("Codec.json(" + type.getName() + ") is not possible");
    }
  }

  @Test
  void whatCannotBeWrittenReachesTheCaller() {
    for (Codec<Opaque> codec : JsonSamples.<Opaque>both(Opaque.class)) {
      assertThatThrownBy(() -> JsonSamples.encode(codec, new Opaque()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(Opaque.class.getName());
    }
    Book large = new Book("x".repeat(100_000), null, 1, Kind.NOVEL, List.of());
    for (Codec<Book> codec : JsonSamples.<Book>both(Book.class)) {
      assertThatThrownBy(() -> codec.encode(large, new Output("value", 1000)))
          .isInstanceOf(OversizedValueException.class)
          .hasMessageContaining("the maximum is 1000");
    }
  }

  @Test
  void jackson3IsPreferred() {
    assertThatThrownBy(() -> decode(Codec.json(Book.class), "{"))
        .isInstanceOf(DecodeException.class)
        .hasMessageStartingWith("Codec.json(" + Book.class.getName() + ") cannot decode 1 bytes")
        .hasRootCauseInstanceOf(tools.jackson.core.JacksonException.class);
  }

  private static <T> void same(GenericType<T> type, T value) {
    same(type.type(), value);
  }

  private static <T> void same(Type type, T value) {
    JsonCodec<T> two = jackson2(type);
    JsonCodec<T> three = jackson3(type);
    String text = text(two, value);
    assertThat(text(three, value)).isEqualTo(text);
    assertThat(decode(two, text)).isEqualTo(value);
    assertThat(decode(three, text)).isEqualTo(value);
  }

  private static void refused(Codec<?> codec, String text) {
    assertThatThrownBy(() -> decode(codec, text)).isInstanceOf(DecodeException.class);
  }
}
