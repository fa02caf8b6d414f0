// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.codec.Codec;
import io.firn.cache.codec.GenericType;
import io.firn.cache.codec.Input;
import io.firn.cache.codec.Output;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** JSON as a service uses it: keys and values of its own types, over a restart. */
final class JsonCacheTest {
  private record Key(String tenant, long number) {}

  private record Session(String user, Instant since, List<String> roles, @Nullable String note) {}

  @TempDir Path directory;

  private static TieredCache<Key, Session> sessions(Firn firn) {
    return firn.cache("sessions", Codec.json(Key.class), Codec.json(Session.class)).open();
  }

  @Test
  void recordsSurviveReopening() {
    Session session = new Session("u", Instant.ofEpochSecond(9, 8), List.of("a", "b"), null);
    try (Firn firn = Stores.open(directory);
        TieredCache<Key, Session> cache = sessions(firn)) {
      cache.put(new Key("t", 1), session);
      assertThat(cache.getIfPresent(new Key("t", 1))).isEqualTo(session);
    }
    try (Firn firn = Stores.open(directory);
        TieredCache<Key, Session> cache = sessions(firn)) {
      assertThat(cache.getIfPresent(new Key("t", 1))).isEqualTo(session);
      assertThat(cache.getIfPresent(new Key("t", 2))).isNull();
      assertThat(cache.stats().coldHits()).isEqualTo(1);
    }
  }

  /** Writes any text, and does not say that it is none of JSON. */
  private static final class TextCodec implements Codec<String> {
    @Override
    public void encode(String value, Output out) {
      Codec.utf8().encode(value, out);
    }

    @Override
    public String decode(Input in) {
      return Codec.utf8().decode(in);
    }
  }

  @Test
  void aValueThatIsNoJsonIsACountedMissAndIsReplaced() {
    try (Firn firn = Stores.open(directory)) {
      try (TieredCache<Key, String> text =
          firn.cache("sessions", Codec.json(Key.class), new TextCodec()).open()) {
        text.put(new Key("t", 1), "{\"user\":\"u\",\"since\":");
        text.put(new Key("t", 2), "[".repeat(100_000));
      }
      try (TieredCache<Key, Session> cache = sessions(firn)) {
        assertThat(cache.getIfPresent(new Key("t", 1))).isNull();
        assertThat(cache.getIfPresent(new Key("t", 2))).isNull();
        assertThat(cache.stats().undecodable()).isEqualTo(2);
        assertThat(cache.stats().misses()).isEqualTo(2);
        Session session = new Session("u", Instant.EPOCH, List.of(), "");
        cache.put(new Key("t", 1), session);
        assertThat(cache.getIfPresent(new Key("t", 1))).isEqualTo(session);
      }
    }
  }

  @Test
  void equalKeysWithDifferentBytesDoNotFindEachOthersEntries() {
    Codec<Set<String>> keys = Codec.json(new GenericType<Set<String>>() {});
    Set<String> forward = new LinkedHashSet<>(List.of("a", "b"));
    Set<String> backward = new LinkedHashSet<>(List.of("b", "a"));
    assertThat(forward).isEqualTo(backward);
    try (Firn firn = Stores.open(directory);
        TieredCache<Set<String>, String> cache = firn.cache("sets", keys, Codec.utf8()).open()) {
      cache.put(forward, "value");
      assertThat(cache.getIfPresent(forward)).isEqualTo("value");
      assertThat(cache.getIfPresent(backward)).isNull();
    }
  }
}
