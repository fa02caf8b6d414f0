// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import static io.firn.cache.codec.JsonSamples.both;
import static io.firn.cache.codec.JsonSamples.decode;
import static io.firn.cache.codec.JsonSamples.encode;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.JsonSamples.Book;
import io.firn.cache.codec.JsonSamples.Shelf;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Hostile and damaged text: a typed error or a value of the type, in bounded memory. */
final class JsonHostileTest {
  private static final int ROUNDS = 2_000;
  private static final long PER_BYTE = 100;
  private static final long FIXED_BYTES = 1 << 20;

  record Node(@Nullable Node next) {}

  @Test
  void nestingEndsBeforeTheStackDoes() {
    int deep = 100_000;
    for (String bomb :
        List.of(
            "[".repeat(deep),
            "[".repeat(deep) + "]".repeat(deep),
            "{\"next\":".repeat(deep) + "null" + "}".repeat(deep),
            "{\"unknown\":".repeat(deep) + "null" + "}".repeat(deep))) {
      for (Class<?> type : List.of(Object.class, Node.class, Book.class, List.class)) {
        for (Codec<Object> codec : both(type)) {
          refused(codec, bomb);
        }
      }
    }
  }

  @Test
  void whatIsWrittenIsNoDeeperThanWhatIsRead() {
    for (Codec<Node> codec : JsonSamples.<Node>both(Node.class)) {
      Node deepest = new Node(null);
      for (int i = 1; i < JsonSettings.MAXIMUM_DEPTH; i++) {
        deepest = new Node(deepest);
      }
      assertThat(decode(codec, encode(codec, deepest))).isEqualTo(deepest);
      Node tooDeep = new Node(deepest);
      assertThatThrownBy(() -> encode(codec, tooDeep)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aSmallStackIsATypedErrorToo() throws InterruptedException {
    int depth = JsonSettings.MAXIMUM_DEPTH - 1;
    String text = "{\"next\":".repeat(depth) + "null" + "}".repeat(depth);
    for (Codec<Node> codec : JsonSamples.<Node>both(Node.class)) {
      AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
      Runnable decoding =
          () -> {
            try {
              exhaustStackThenDecode(codec, text);
            } catch (Throwable e) {
              thrown.set(e);
            }
          };
      Thread small = new Thread(null, decoding, "small stack", 256 << 10);
      small.start();
      small.join();
      assertThat(thrown.get()).isInstanceOf(DecodeException.class);
    }
  }

  /** Goes down until the codec finds no room: its error, not ours, must come out first. */
  @SuppressWarnings("InfiniteRecursion") // it is caught
  private static void exhaustStackThenDecode(Codec<Node> codec, String text) {
    try {
      exhaustStackThenDecode(codec, text);
    } catch (StackOverflowError e) {
      Node unused = decode(codec, text);
    }
  }

  @Test
  void numbersAreBounded() {
    List<String> numbers = List.of("1e1000000000", "-1E99999", "9".repeat(1_000_000));
    Type list = new GenericType<List<BigInteger>>() {}.type();
    for (Type type : List.of(BigInteger.class, Long.class, int.class, list)) {
      for (Codec<Object> codec : both(type)) {
        for (String number : numbers) {
          refused(codec, number);
          refused(codec, "[" + number + "]");
        }
      }
    }
    for (Class<?> type : List.of(Instant.class, Duration.class)) {
      for (int version = 0; version < 2; version++) {
        for (String number : numbers) {
          bounded(both(type).get(version), number);
        }
      }
    }
    for (Codec<Object> codec : both(BigDecimal.class)) {
      assertThat(decode(codec, "1e1000000000")).isEqualTo(new BigDecimal("1e1000000000"));
      refused(codec, "9".repeat(1_000_000));
    }
  }

  @Test
  void memoryIsBoundedByTheBytes() {
    Type bigs = new GenericType<List<BigInteger>>() {}.type();
    Type maps = new GenericType<List<Map<String, Object>>>() {}.type();
    for (int version = 0; version < 2; version++) {
      bounded(both(bigs).get(version), "[" + "1E99999,".repeat(50_000) + "1]");
      bounded(both(maps).get(version), "[" + "{},".repeat(100_000) + "{}]");
      bounded(both(maps).get(version), "[" + "{\"\":{}},".repeat(50_000) + "{}]");
      bounded(both(Object.class).get(version), "[" + "[],".repeat(100_000) + "[]]");
      bounded(both(Object.class).get(version), "\"" + "x".repeat(1_000_000) + "\"");
      bounded(both(Object.class).get(version), "{\"" + "x".repeat(1_000_000) + "\":1}");
    }
  }

  @Test
  void malformedTextIsATypedError() {
    for (Codec<Object> codec : both(Object.class)) {
      for (String text :
          List.of("", " ", "null", "{}}", "{} 1", "[1,]", "{a:1}", "'a'", "NaN", "01", "/**/1")) {
        refused(codec, text);
      }
      assertThatThrownBy(() -> decode(codec, new byte[] {'"', (byte) 0xFF, '"'}))
          .isInstanceOf(DecodeException.class);
      assertThatThrownBy(() -> decode(codec, "\"utf-16\"".getBytes(UTF_16BE)))
          .isInstanceOf(DecodeException.class);
    }
  }

  @Test
  void damageIsAValueOfTheTypeOrATypedError() {
    Shelf shelf =
        new Shelf(
            Map.of("a", Map.of("b", List.of(JsonSamples.book()))), Instant.ofEpochSecond(1), true);
    for (Codec<Shelf> codec : JsonSamples.<Shelf>both(Shelf.class)) {
      byte[] valid = encode(codec, shelf);
      Random random = new Random(42);
      assertThat(HostileBytes.truncate(codec, Shelf.class, valid)).isZero();
      HostileBytes.flip(codec, Shelf.class, valid, random, ROUNDS);
      HostileBytes.noise(codec, Shelf.class, valid, random, ROUNDS);
    }
  }

  private static void bounded(Codec<Object> codec, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    // The first call loads classes, which is not what the bytes cost.
    long first = HostileBytes.allocated(codec, Object.class, bytes);
    assertThat(Math.min(first, HostileBytes.allocated(codec, Object.class, bytes)))
        .isLessThan(PER_BYTE * bytes.length + FIXED_BYTES);
  }

  private static void refused(Codec<?> codec, String text) {
    assertThatThrownBy(() -> decode(codec, text)).isInstanceOf(DecodeException.class);
  }
}
