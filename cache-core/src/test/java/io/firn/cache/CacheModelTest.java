// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Seeded sequences of every operation, expiry and restart included, against a plain map. One
 * caller, so the cache must agree with the model after each step; the seed of a failure is in its
 * message.
 */
final class CacheModelTest {
  private static final int SEEDS = 25;
  private static final int OPERATIONS = 600;
  private static final int KEYS = 12;
  private static final Duration LIFETIME = Duration.ofSeconds(60);
  private static final Duration IDLE = Duration.ofSeconds(40);
  private static final Duration REFRESH_AGE = Duration.ofSeconds(20);

  /** By which option the entries of a run expire. */
  private enum Mode {
    WRITE,
    EXPIRY,
    ACCESS,
    ACCESS_AND_WRITE,
    REFRESH;

    static Mode of(int seed) {
      return values()[seed % values().length];
    }
  }

  private record Expected(
      String value, long writtenAtMillis, long expiresAtMillis, long deadlineMillis) {}

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({
    "0, WRITE_THROUGH",
    "2, WRITE_THROUGH",
    "1000, WRITE_THROUGH",
    "2, WRITE_BACK",
    "1000, WRITE_BACK"
  })
  void agreesWithAPlainMap(long hotEntries, WritePolicy policy) {
    for (int seed = 0; seed < SEEDS; seed++) {
      new Run(directory.resolve(policy + "-" + seed), hotEntries, policy, seed).execute();
    }
  }

  private static final class Run {
    private final Path store;
    private final long hotEntries;
    private final WritePolicy policy;
    private final int seed;
    private final Mode mode;
    private final Random random;
    private final ManualTime time = new ManualTime();
    private final Map<String, Expected> model = new HashMap<>();
    private int step;

    Run(Path store, long hotEntries, WritePolicy policy, int seed) {
      this.store = store;
      this.hotEntries = hotEntries;
      this.policy = policy;
      this.seed = seed;
      this.mode = Mode.of(seed);
      this.random = new Random(seed);
    }

    void execute() {
      while (step < OPERATIONS) {
        try (Firn firn = Stores.open(store, time)) {
          TieredCache<String, byte[]> cache = open(firn);
          int life = 50 + random.nextInt(300);
          for (int i = 0; i < life && step < OPERATIONS; i++, step++) {
            operate(cache);
          }
          for (int i = 0; i < KEYS; i++) {
            check(cache, "k" + i);
          }
          walk(cache.asMap());
        }
      }
    }

    private TieredCache<String, byte[]> open(Firn firn) {
      TieredCacheBuilder<String, byte[]> options =
          firn.cache("model", Codec.utf8(), Codec.bytes())
              .maximumHotEntries(hotEntries)
              .writePolicy(policy)
              .promotion(List.of(Promotion.values()).get(random.nextInt(3)));
      switch (mode) {
        case WRITE -> options.expireAfterWrite(LIFETIME);
        case EXPIRY -> options.expireAfter(Run::lifetime);
        case ACCESS -> options.expireAfterAccess(IDLE);
        case ACCESS_AND_WRITE -> options.expireAfterAccess(IDLE).expireAfterWrite(LIFETIME);
        case REFRESH -> options.expireAfterWrite(LIFETIME).refreshAfterWrite(REFRESH_AGE);
      }
      return options.open();
    }

    /* 1 to 80 s, by key and value. */
    private static Duration lifetime(String key, byte[] value) {
      return Duration.ofMillis(
          1000 + Math.floorMod(31 * key.hashCode() + Arrays.hashCode(value), 79_000));
    }

    private void putAll(TieredCache<String, byte[]> cache) {
      Map<String, byte[]> entries = new HashMap<>();
      for (int i = random.nextInt(6); i >= 0; i--) {
        entries.put("k" + random.nextInt(KEYS), bytes(newValue()));
      }
      cache.putAll(entries);
      entries.keySet().forEach(key -> expect(key, newValue()));
    }

    private void operate(TieredCache<String, byte[]> cache) {
      String key = "k" + random.nextInt(KEYS);
      int choice = random.nextInt(100);
      if (choice < 35) {
        check(cache, key);
      } else if (choice < 45) {
        cache.put(key, bytes(newValue()));
        expect(key, newValue());
      } else if (choice < 55) {
        update(cache.asMap(), key);
      } else if (choice < 65) {
        int seconds = 1 + random.nextInt(90);
        cache.put(key, bytes(newValue()), Duration.ofSeconds(seconds));
        long expiresAt = time.wallMillis() + seconds * 1000L;
        expectUntil(key, newValue(), expiresAt, expiresAt);
      } else if (choice < 78) {
        load(cache, key);
      } else if (choice < 88) {
        cache.invalidate(key);
        model.remove(key);
      } else if (choice < 91) {
        String other = "k" + random.nextInt(KEYS);
        cache.invalidateAll(List.of(key, other));
        model.remove(key);
        model.remove(other);
      } else if (choice < 95) {
        putAll(cache);
      } else if (choice < 96) {
        cache.invalidateAll();
        model.clear();
      } else {
        // The age of an entry on disk is known in whole seconds.
        long unit = mode == Mode.REFRESH ? 1_000 : 1;
        time.advance(Duration.ofMillis(random.nextInt(20_000) / unit * unit));
      }
    }

    private void update(ConcurrentMap<String, byte[]> map, String key) {
      String present = expected(key);
      byte[] before = present == null ? null : bytes(present);
      byte[] value = bytes(newValue());
      boolean written = true;
      switch (random.nextInt(6)) {
        case 0 -> assertThat(map.put(key, value)).as(where(key)).isEqualTo(before);
        case 1 -> {
          assertThat(map.putIfAbsent(key, value)).as(where(key)).isEqualTo(before);
          written = before == null;
        }
        case 2 -> {
          assertThat(map.replace(key, value)).as(where(key)).isEqualTo(before);
          written = before != null;
        }
        case 3 -> {
          written = before != null && map.replace(key, before, value);
          assertThat(written).as(where(key)).isEqualTo(before != null);
        }
        case 4 ->
            assertThat(map.compute(key, (k, v) -> Arrays.equals(v, before) ? value : null))
                .as(where(key))
                .isEqualTo(value);
        default -> {
          written = false;
          assertThat(map.remove(key)).as(where(key)).isEqualTo(before);
          model.remove(key);
        }
      }
      if (written) {
        expect(key, newValue());
      }
    }

    private void walk(ConcurrentMap<String, byte[]> map) {
      Map<String, byte[]> found = new HashMap<>(map);
      for (int i = 0; i < KEYS; i++) {
        String present = expected("k" + i);
        assertThat(found.remove("k" + i))
            .as(where("k" + i))
            .isEqualTo(present == null ? null : bytes(present));
      }
      assertThat(found).isEmpty();
    }

    private void load(TieredCache<String, byte[]> cache, String key) {
      String present = expected(key);
      boolean absent = random.nextInt(5) == 0;
      byte[] loaded = cache.get(key, k -> absent ? null : bytes(newValue()));
      if (present != null) {
        assertThat(loaded).as(where(key)).isEqualTo(bytes(present));
        read(key);
        reload(key, absent);
      } else if (absent) {
        assertThat(loaded).as(where(key)).isNull();
      } else {
        assertThat(loaded).as(where(key)).isEqualTo(bytes(newValue()));
        expect(key, newValue());
      }
    }

    private void check(TieredCache<String, byte[]> cache, String key) {
      String expected = expected(key);
      assertThat(cache.getIfPresent(key))
          .as(where(key))
          .isEqualTo(expected == null ? null : bytes(expected));
      if (expected != null) {
        read(key);
      }
    }

    /* What a read does to the expiry, by an executor that works at once. */
    private void read(String key) {
      Expected entry = requireNonNull(model.get(key));
      long now = time.wallMillis();
      long due = now + IDLE.toMillis() / 8 * 7;
      if (entry.expiresAtMillis < due && entry.expiresAtMillis < entry.deadlineMillis) {
        long expiresAt = Math.min(entry.deadlineMillis, now + IDLE.toMillis());
        model.put(
            key, new Expected(entry.value, entry.writtenAtMillis, expiresAt, entry.deadlineMillis));
      }
    }

    private void reload(String key, boolean absent) {
      long age = time.wallMillis() - requireNonNull(model.get(key)).writtenAtMillis;
      if (mode == Mode.REFRESH && age > REFRESH_AGE.toMillis()) {
        if (absent) {
          model.remove(key);
        } else {
          expect(key, newValue());
        }
      }
    }

    private @Nullable String expected(String key) {
      Expected entry = model.get(key);
      return entry == null || time.wallMillis() >= entry.expiresAtMillis ? null : entry.value;
    }

    private void expect(String key, String value) {
      long now = time.wallMillis();
      Duration lifetime = mode == Mode.EXPIRY ? lifetime(key, bytes(value)) : LIFETIME;
      long written = mode == Mode.ACCESS ? Lifetime.NEVER : now + lifetime.toMillis();
      boolean idle = mode == Mode.ACCESS || mode == Mode.ACCESS_AND_WRITE;
      expectUntil(key, value, idle ? Math.min(written, now + IDLE.toMillis()) : written, written);
    }

    private void expectUntil(String key, String value, long expiresAtMillis, long deadlineMillis) {
      model.put(key, new Expected(value, time.wallMillis(), expiresAtMillis, deadlineMillis));
    }

    private String newValue() {
      return seed + "." + step;
    }

    /* Lengths from 0 bytes to several pages, by the value alone. */
    private static byte[] bytes(String value) {
      Random content = new Random(value.hashCode());
      int length = content.nextInt(10) == 0 ? content.nextInt(40_000) : content.nextInt(300);
      byte[] bytes = new byte[length];
      content.nextBytes(bytes);
      return bytes;
    }

    private String where(String key) {
      return "seed "
          + seed
          + ", "
          + mode
          + ", hot entries "
          + hotEntries
          + ", step "
          + step
          + ", key "
          + key;
    }
  }
}
