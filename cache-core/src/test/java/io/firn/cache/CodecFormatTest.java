// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.codec.Codec;
import io.firn.cache.codec.Input;
import io.firn.cache.codec.Output;
import io.firn.cold.ColdStore;
import io.firn.cold.ColdTable;
import io.firn.cold.StoreOptions;
import io.firn.cold.TableOptions;
import io.firn.cold.model.CodecMismatchException;
import java.io.ObjectInputFilter.Status;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache remembers the formats of its keys and values, and is opened with no other. */
final class CodecFormatTest {
  @TempDir Path directory;

  /** Text that ends in a mark, in a format that the test names. */
  private record Marked(String format, String mark) implements Codec<String> {
    @Override
    public void encode(String value, Output out) {
      out.writeUtf8(value + mark);
    }

    @Override
    public String decode(Input in) {
      String text = in.readUtf8(in.remaining());
      return text.substring(0, text.length() - mark.length());
    }
  }

  /** A codec as a service has it, whose format is unknown. */
  private static final class Plain implements Codec<String> {
    @Override
    public void encode(String value, Output out) {
      out.writeUtf8(value);
    }

    @Override
    public String decode(Input in) {
      return in.readUtf8(in.remaining());
    }
  }

  private static <K, V> void refused(
      Firn firn, String name, Codec<K> keys, Codec<V> values, String message) {
    assertThatThrownBy(() -> firn.cache(name, keys, values).open())
        .isInstanceOf(CodecMismatchException.class)
        .hasMessage(message);
  }

  private static <K, V> void holds(
      Firn firn, String name, Codec<K> keys, Codec<V> values, K key, V value) {
    try (TieredCache<K, V> cache = firn.cache(name, keys, values).open()) {
      assertThat(cache.getIfPresent(key)).isEqualTo(value);
      assertThat(cache.estimatedSize()).isEqualTo(1);
    }
  }

  @Test
  void theBuiltInCodecsHaveTheFormatsThatStoresHold() {
    assertThat(Codec.utf8().format()).isEqualTo("utf8");
    assertThat(Codec.bytes().format()).isEqualTo("bytes");
    assertThat(Codec.int64().format()).isEqualTo("int64");
    assertThat(Codec.uuid().format()).isEqualTo("uuid");
    assertThat(Codec.json(String.class).format()).isEqualTo("json");
    assertThat(Codec.java(String.class, info -> Status.ALLOWED).format()).isEqualTo("java");
    assertThat(new Plain().format()).isEmpty();
  }

  @Test
  void anotherFormatIsRefused_andTheCacheIsAsItWas() {
    try (Firn firn = Stores.open(directory)) {
      firn.cache("c", Codec.utf8(), Codec.int64()).open().put("key", 7L);
    }
    for (int life = 0; life < 2; life++) {
      try (Firn firn = Stores.open(directory)) {
        String before = "cache 'c' was not opened: its ";
        String after = "; use the former codec, or drop the cache to start it empty";
        String keys = "keys are stored as 'utf8', the codec given is for 'uuid'";
        String values = "values are stored as 'int64', the codec given is for 'bytes'";
        refused(firn, "c", Codec.uuid(), Codec.int64(), before + keys + after);
        refused(firn, "c", Codec.utf8(), Codec.bytes(), before + values + after);
        refused(
            firn, "c", Codec.uuid(), Codec.bytes(), before + keys + " and its " + values + after);
        holds(firn, "c", Codec.utf8(), Codec.int64(), "key", 7L);
        assertThat(firn.verify().findings()).isEmpty();
      }
    }
  }

  @Test
  void cachesOfOneStoreHaveTheirOwnCodecs_whateverTheirNames() {
    String odd = "a/../b\\\u0000 \ud83d\ude00'\n.";
    UUID id = new UUID(1, 2);
    try (Firn firn = Stores.open(directory)) {
      firn.cache("..", Codec.utf8(), Codec.int64()).open().put("key", 1L);
      firn.cache(odd, Codec.int64(), Codec.uuid()).open().put(2L, id);
      firn.cache(" ", Codec.uuid(), Codec.utf8()).open().put(id, "three");
    }
    try (Firn firn = Stores.open(directory)) {
      assertThat(firn.cacheNames()).containsExactlyInAnyOrder("..", odd, " ");
      holds(firn, "..", Codec.utf8(), Codec.int64(), "key", 1L);
      holds(firn, odd, Codec.int64(), Codec.uuid(), 2L, id);
      holds(firn, " ", Codec.uuid(), Codec.utf8(), id, "three");
      assertThatThrownBy(() -> firn.cache(odd, Codec.uuid(), Codec.uuid()).open())
          .isInstanceOf(CodecMismatchException.class)
          .hasMessageContaining(odd);
    }
  }

  @Test
  void aNameThatTheDiskCannotHoldIsRefused() {
    try (Firn firn = Stores.open(directory)) {
      assertThatThrownBy(() -> firn.cache("\ud800", Codec.utf8(), Codec.utf8()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("name holds an unpaired surrogate");
      assertThatThrownBy(() -> firn.drop("x\udc00")).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void aCodecOfUnknownFormatFitsAll() {
    try (Firn firn = Stores.open(directory)) {
      firn.cache("c", new Plain(), new Plain()).open().put("key", "value");
    }
    try (Firn firn = Stores.open(directory)) {
      holds(firn, "c", new Plain(), new Plain(), "key", "value");
      Codec<String> anonymous = new Marked("", "");
      holds(firn, "c", anonymous, anonymous, "key", "value");
    }
  }

  @Test
  void whatBecomesKnownIsRememberedFromThenOn() {
    try (Firn firn = Stores.open(directory)) {
      firn.cache("c", Codec.utf8(), new Plain()).open().put("key", "value");
    }
    try (Firn firn = Stores.open(directory)) {
      holds(firn, "c", Codec.utf8(), Codec.utf8(), "key", "value");
      holds(firn, "c", Codec.utf8(), new Plain(), "key", "value");
    }
    try (Firn firn = Stores.open(directory)) {
      assertThatThrownBy(() -> firn.cache("c", Codec.utf8(), Codec.int64()).open())
          .isInstanceOf(CodecMismatchException.class)
          .hasMessageContaining("values are stored as 'utf8'");
      holds(firn, "c", Codec.utf8(), Codec.utf8(), "key", "value");
    }
  }

  @Test
  void aCodecOfAServiceIsCompared_ifItNamesItsFormat() {
    Codec<String> first = new Marked("session-1", "!");
    try (Firn firn = Stores.open(directory)) {
      firn.cache("c", Codec.utf8(), first).open().put("key", "value");
    }
    try (Firn firn = Stores.open(directory)) {
      holds(firn, "c", Codec.utf8(), new Marked("session-1", "!"), "key", "value");
      assertThatThrownBy(() -> firn.cache("c", Codec.utf8(), new Marked("session-2", "??")).open())
          .isInstanceOf(CodecMismatchException.class)
          .hasMessageContaining("stored as 'session-1', the codec given is for 'session-2'");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // what callers without a checker may do
  void aFormatMustBeAName() {
    try (Firn firn = Stores.open(directory)) {
      assertThatThrownBy(
              () -> firn.cache("c", Codec.utf8(), new Marked("x".repeat(1025), "")).open())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("valueFormat has 1025 chars, must have at most 1024: 'xxx");
      assertThatThrownBy(() -> firn.cache("c", new Marked("\ud800", ""), Codec.utf8()).open())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("keyFormat holds an unpaired surrogate");
      assertThatNullPointerException()
          .isThrownBy(() -> firn.cache("c", new Marked(null, ""), Codec.utf8()).open());
      assertThat(firn.cacheNames()).isEmpty();
      Codec<String> longest = new Marked("\u65e5".repeat(1024), "");
      firn.cache("c", longest, longest).open().put("key", "value");
    }
  }

  @Test
  void aCacheFromBeforeThereWereFormatsOpens_andHasThemThen() {
    try (ColdStore store = ColdStore.open(directory, StoreOptions.builder().build())) {
      ColdTable table = store.table("c", TableOptions.defaults());
      table.put(
          "key".getBytes(StandardCharsets.UTF_8),
          "value".getBytes(StandardCharsets.UTF_8),
          ColdTable.NEVER);
    }
    try (Firn firn = Stores.open(directory)) {
      holds(firn, "c", Codec.utf8(), Codec.utf8(), "key", "value");
    }
    try (Firn firn = Stores.open(directory)) {
      assertThatThrownBy(() -> firn.cache("c", Codec.int64(), Codec.utf8()).open())
          .isInstanceOf(CodecMismatchException.class);
      holds(firn, "c", Codec.utf8(), Codec.utf8(), "key", "value");
    }
  }
}
