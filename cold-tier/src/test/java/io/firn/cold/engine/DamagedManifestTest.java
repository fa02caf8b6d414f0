// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static io.firn.cold.engine.DamagedStores.PAGE_BYTES;
import static io.firn.cold.engine.DamagedStores.closedStore;
import static io.firn.cold.engine.DamagedStores.files;
import static io.firn.cold.engine.DamagedStores.killedStore;
import static io.firn.cold.engine.DamagedStores.misses;
import static io.firn.cold.engine.DamagedStores.newerManifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.format.LittleEndian;
import io.firn.cold.format.Manifest;
import io.firn.cold.io.Crc32c;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.model.CorruptStoreException;
import io.firn.cold.model.UnsupportedVersionException;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a store makes of damaged, missing and newer manifests: a typed error, or an empty store. */
final class DamagedManifestTest {
  private static void write(Disk disk, String path, byte[] content) throws IOException {
    try (DiskFile file = disk.open(path, Disk.OpenMode.CREATE)) {
      file.write(0, content, 0, content.length);
      file.force();
    }
  }

  @Test
  void eitherManifest_isEnough() throws IOException {
    SimDisk closed = closedStore();
    for (String damaged : List.of("manifest-a", "manifest-b")) {
      SimDisk copy = closed.copy();
      copy.flipBit(damaged, 8 * 100);
      try (StillStore store = StillStore.open(copy)) {
        assertThat(misses(store.table())).isZero();
        assertThat(store.engine().recovery().problems())
            .singleElement()
            .asString()
            .contains(damaged);
      }
      try (StillStore again = StillStore.open(copy)) {
        assertThat(misses(again.table())).isZero();
        assertThat(again.engine().recovery().problems()).isEmpty();
      }
    }
  }

  @Test
  void eitherManifest_isEnoughAfterAKill() throws IOException {
    SimDisk killed = killedStore();
    for (String damaged : List.of("manifest-a", "manifest-b")) {
      SimDisk copy = killed.copy();
      copy.flipBit(damaged, 8 * 60);
      try (StillStore store = StillStore.open(copy)) {
        assertThat(misses(store.table())).as(damaged).isZero();
      }
    }
  }

  @Test
  void aMissingManifest_isReplacedByTheOther() throws IOException {
    SimDisk closed = closedStore();
    for (String missing : List.of("manifest-a", "manifest-b")) {
      SimDisk copy = closed.copy();
      copy.delete(missing);
      try (StillStore store = StillStore.open(copy)) {
        assertThat(misses(store.table())).isZero();
      }
    }
  }

  @Test
  void bothManifestsDamaged_setTheStoreAside() throws IOException {
    SimDisk closed = closedStore();
    closed.flipBit("manifest-a", 8 * 40);
    closed.flipBit("manifest-b", 8 * 40);
    for (DamagePolicy policy :
        List.of(DamagePolicy.STANDARD, DamagePolicy.SALVAGE, DamagePolicy.START_EMPTY)) {
      SimDisk copy = closed.copy();
      List<String> data = files(copy, "data/");
      try (StillStore store = StillStore.open(copy, StillStore.ifDamaged(policy))) {
        assertThat(store.engine().tableNames()).isEmpty();
        assertThat(store.engine().recovery().problems()).anyMatch(p -> p.contains("manifest-a"));
        assertThat(files(copy, "lost/"))
            .as("%s", policy)
            .contains("lost/manifest-a", "lost/manifest-b")
            .containsAll(data.stream().map(path -> "lost/" + path).toList());
        StillStore.put(store.table(), 1, 0);
      }
      try (StillStore store = StillStore.open(copy)) {
        assertThat(StillStore.get(store.table(), 1)).isEqualTo(StillStore.value(1, 0));
      }
    }
  }

  @Test
  void bothManifestsDamaged_failIfAskedTo() throws IOException {
    SimDisk closed = closedStore();
    closed.flipBit("manifest-a", 8 * 40);
    closed.flipBit("manifest-b", 8 * 40);
    String before = closed.toHex();
    assertThatThrownBy(() -> StillStore.open(closed, StillStore.ifDamaged(DamagePolicy.FAIL)))
        .isInstanceOf(CorruptStoreException.class)
        .hasMessageContaining("no manifest")
        .hasMessageContaining("simulated disk")
        .hasMessageContaining("manifest-a");
    assertThat(closed.toHex()).isEqualTo(before);
  }

  @Test
  void aSecondStoreThatIsSetAside_replacesTheFirst() throws IOException {
    SimDisk closed = closedStore();
    for (int round = 0; round < 2; round++) {
      closed.flipBit("manifest-a", 8 * 40);
      closed.flipBit("manifest-b", 8 * 40);
      try (StillStore store = StillStore.open(closed)) {
        assertThat(store.engine().tableNames()).isEmpty();
        StillStore.put(store.table("round" + round), 1, 0);
        store.checkpoint();
        store.checkpoint();
      }
      assertThat(files(closed, "lost/")).isNotEmpty();
      assertThat(files(closed, "lost/lost")).isEmpty();
    }
  }

  @Test
  void manifestsWithoutAnythingElse_giveAnEmptyStore() throws IOException {
    SimDisk disk = new SimDisk(13);
    try (StillStore store = StillStore.open(disk)) {
      assertThat(store.engine().tableNames()).isEmpty();
    }
    disk.delete("manifest-b");
    for (String path : files(disk, "wal/")) {
      disk.delete(path);
    }
    try (StillStore store = StillStore.open(disk)) {
      assertThat(store.engine().tableNames()).isEmpty();
    }
  }

  // ---- versions

  /** Makes a manifest one of the next version, with a checksum that is right. */
  private static void promote(SimDisk disk, String name) throws IOException {
    byte[] bytes = disk.content(name);
    bytes[4]++;
    int length = LittleEndian.getInt(bytes, 16);
    LittleEndian.putInt(bytes, 20, 0);
    LittleEndian.putInt(bytes, 20, Crc32c.of(bytes, 0, Manifest.HEADER_BYTES + length));
    write(disk, name, bytes);
  }

  @Test
  void aNewerStore_isRefusedAndUntouched() throws IOException {
    SimDisk closed = closedStore();
    promote(closed, "manifest-a");
    promote(closed, "manifest-b");
    String before = closed.toHex();
    for (DamagePolicy policy : DamagePolicy.values()) {
      assertThatThrownBy(() -> StillStore.open(closed, StillStore.ifDamaged(policy)))
          .isInstanceOf(UnsupportedVersionException.class)
          .hasMessageContaining("manifest")
          .hasMessageContaining("3")
          .hasMessageContaining("2");
    }
    assertThat(closed.toHex()).isEqualTo(before);
  }

  @Test
  void aStoreWhoseNewerManifestIsOfANewerVersion_isRefused() throws IOException {
    SimDisk closed = closedStore();
    promote(closed, newerManifest(closed));
    assertThatThrownBy(() -> StillStore.open(closed))
        .isInstanceOf(UnsupportedVersionException.class);
  }

  @Test
  void aNewerStore_isSetAsideIfAskedTo() throws IOException {
    SimDisk closed = closedStore();
    promote(closed, "manifest-a");
    promote(closed, "manifest-b");
    EngineOptions options = StillStore.with(64L << 20, FlushMode.NONE, DamagePolicy.STANDARD, true);
    List<String> data = files(closed, "data/");
    try (StillStore store = StillStore.open(closed, options)) {
      assertThat(store.engine().tableNames()).isEmpty();
      assertThat(store.engine().recovery().created()).isTrue();
      assertThat(files(closed, "lost/"))
          .containsAll(data.stream().map(path -> "lost/" + path).toList());
      StillStore.put(store.table(), 1, 0);
    }
    try (StillStore store = StillStore.open(closed, options)) {
      assertThat(StillStore.get(store.table(), 1)).isEqualTo(StillStore.value(1, 0));
    }
  }

  @Test
  void aStoreOfAnotherPageSize_isRefused() throws IOException {
    SimDisk closed = closedStore();
    for (String name : List.of("manifest-a", "manifest-b")) {
      byte[] bytes = closed.content(name);
      LittleEndian.putInt(bytes, Manifest.HEADER_BYTES, 2 * PAGE_BYTES);
      int length = LittleEndian.getInt(bytes, 16);
      LittleEndian.putInt(bytes, 20, 0);
      LittleEndian.putInt(bytes, 20, Crc32c.of(bytes, 0, Manifest.HEADER_BYTES + length));
      write(closed, name, bytes);
    }
    assertThatThrownBy(() -> StillStore.open(closed))
        .isInstanceOf(CorruptStoreException.class)
        .hasMessageContaining("pages of 8192 bytes, expected 4096");
  }
}
