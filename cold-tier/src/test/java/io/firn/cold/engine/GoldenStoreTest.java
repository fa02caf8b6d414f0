// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Stores of each format, as text, that every later version must open with exactly this content. The
 * formats are those of the manifest, of which 2 tells when all of a segment has expired.
 *
 * <p>{@code -Dfirn.golden.write=DIRECTORY} writes those of the latest format anew, and the tests
 * read these; what is in the repository is written once for each format and never again.
 */
final class GoldenStoreTest {
  private static final String WRITE = "firn.golden.write";
  private static final int LATEST_FORMAT = 2;
  private static final int AT_VERSION = 4;
  private static final int ENTRIES = 60;
  private static final int LARGE = 9_000;
  private static final long LIFE_MILLIS = 60_000;

  @BeforeAll
  static void writeIfAsked() throws IOException {
    String directory = System.getProperty(WRITE);
    if (directory != null) {
      write(Path.of(directory), name(LATEST_FORMAT, true), true);
      write(Path.of(directory), name(LATEST_FORMAT, false), false);
    }
  }

  private static String name(int format, boolean closed) {
    return "golden/format-" + format + (closed ? "-closed.txt" : "-killed.txt");
  }

  private static void write(Path directory, String name, boolean closes) throws IOException {
    SimDisk disk = new SimDisk(1);
    StillStore store = StillStore.open(disk);
    fill(store);
    SimDisk left = disk;
    if (closes) {
      store.close();
    } else {
      left = disk.crash(CrashKind.PROCESS);
    }
    Path file = directory.resolve(name);
    Files.createDirectories(Objects.requireNonNull(file.getParent()));
    Files.writeString(file, left.toHex());
  }

  private static void fill(StillStore store) throws IOException {
    Table first = store.table("first");
    for (int i = 0; i < ENTRIES; i++) {
      StillStore.put(first, i, 0);
    }
    Table dropped = store.table("dropped");
    StillStore.put(dropped, 1, 0);
    store.checkpoint();
    long unused64 = store.engine().dropTable("dropped");
    for (int i = 0; i < ENTRIES; i += 2) {
      StillStore.put(first, i, 1);
    }
    Table cleared = store.table("cleared");
    StillStore.put(cleared, 1, 0);
    long unused70 = cleared.clear();
    StillStore.put(cleared, 2, 2);
    store.checkpoint();
    for (int i = 0; i < ENTRIES; i += 5) {
      assertThat(StillStore.remove(first, i)).isTrue();
    }
    Table shapes = store.table("shapes");
    StillStore.put(shapes, StillStore.key(0), new byte[0]);
    StillStore.put(shapes, StillStore.key(1), large());
    putWithExpiry(store, shapes);
    store.engine().flush();
  }

  private static void putWithExpiry(StillStore store, Table table) {
    byte[] key = StillStore.key(2);
    byte[] value = StillStore.value(2, 0);
    long expiry = store.time().wallMillis() + LIFE_MILLIS;
    try (PendingWrite write =
        table.preparePut(
            table.hashOf(key, key.length), key, key.length, value, value.length, expiry)) {
      assertThat(write.commit()).isPositive();
    }
  }

  private static byte[] large() {
    byte[] large = new byte[LARGE];
    for (int i = 0; i < LARGE; i += 64) {
      large[i] = (byte) (i / 64 + 1);
    }
    return large;
  }

  private static SimDisk load(int format, boolean closed) throws IOException {
    String name = name(format, closed);
    String directory = System.getProperty(WRITE);
    if (directory != null && format == LATEST_FORMAT) {
      return SimDisk.fromHex(Files.readString(Path.of(directory, name)), 1, null);
    }
    try (InputStream text =
        Objects.requireNonNull(GoldenStoreTest.class.getResourceAsStream("/" + name), name)) {
      return SimDisk.fromHex(new String(text.readAllBytes(), StandardCharsets.UTF_8), 1, null);
    }
  }

  private static void check(StillStore store) {
    assertThat(store.engine().tableNames()).containsExactly("cleared", "first", "shapes");
    Table first = store.table("first");
    assertThat(first.size()).isEqualTo(ENTRIES * 4 / 5);
    for (int i = 0; i < ENTRIES; i++) {
      byte[] expected = i % 5 == 0 ? null : StillStore.value(i, i % 2 == 0 ? 1 : 0);
      assertThat(StillStore.get(first, i)).as("key %s", i).isEqualTo(expected);
    }
    Table cleared = store.table("cleared");
    assertThat(cleared.size()).isEqualTo(1);
    assertThat(StillStore.get(cleared, 1)).isNull();
    assertThat(StillStore.get(cleared, 2)).isEqualTo(StillStore.value(2, 2));
    Table shapes = store.table("shapes");
    assertThat(StillStore.get(shapes, 0)).isEmpty();
    assertThat(Arrays.equals(StillStore.get(shapes, 1), large())).isTrue();
    assertThat(StillStore.get(shapes, 2)).isEqualTo(StillStore.value(2, 0));
    store.time().advance(LIFE_MILLIS * 1_000_000);
    assertThat(StillStore.get(shapes, 2)).as("the expired entry").isNull();
    assertThat(first.counters().damaged.sum() + shapes.counters().damaged.sum()).isZero();
  }

  private static void checkAndWrite(SimDisk disk, boolean clean) throws IOException {
    try (StillStore store = StillStore.open(disk)) {
      assertThat(store.engine().recovery().clean()).isEqualTo(clean);
      assertThat(store.engine().recovery().created()).isFalse();
      assertThat(store.engine().recovery().gaps()).isEmpty();
      assertThat(store.engine().recovery().problems()).isEmpty();
      check(store);
      StillStore.put(store.table("first"), 1, 9);
    }
    try (StillStore store = StillStore.open(disk)) {
      assertThat(StillStore.get(store.table("first"), 1)).isEqualTo(StillStore.value(1, 9));
      assertThat(StillStore.get(store.table("first"), 2)).isEqualTo(StillStore.value(2, 1));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, LATEST_FORMAT})
  void aClosedStore_opensWithItsContent(int format) throws IOException {
    checkAndWrite(load(format, true), true);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, LATEST_FORMAT})
  void aKilledStore_opensWithItsContent(int format) throws IOException {
    checkAndWrite(load(format, false), false);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, LATEST_FORMAT})
  void aStoreHasTheFormatOfItsName(int format) throws IOException {
    byte[] manifest = load(format, true).content(ManifestStore.NAMES.get(0));
    assertThat(manifest[AT_VERSION]).isEqualTo((byte) format);
  }
}
