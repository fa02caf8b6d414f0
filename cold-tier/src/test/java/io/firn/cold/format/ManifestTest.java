// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.io.Crc32c;
import io.firn.cold.model.UnsupportedVersionException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ManifestTest {
  private static final long TIME = 1_767_225_600_123L;
  private static final SlotEntry SLOT = new SlotEntry(8192, 4096, 42, 0x4000, 200, 0, 0);
  private static final StoreIdentity IDENTITY =
      new StoreIdentity(
          16_384,
          23,
          0x0102030405060708L,
          0x1112131415161718L,
          0x2122232425262728L,
          0x3132333435363738L);
  private static final TableEntry TABLE =
      new TableEntry(
          9,
          "käs",
          Octets.of(new byte[] {(byte) 0xAA, (byte) 0xBB}),
          7,
          List.of(new SegmentEntry(6, 1 << 20, 0x0102, 4096, TIME, TIME + 60_000, 500_000, 400)),
          List.of(new DroppedSegment(5, 0x3FF8)),
          List.of(new OpenExtent(6, 48, 16)),
          List.of(new PartitionEntry(0, 0, List.of(SLOT, SlotEntry.NONE))));
  private static final Manifest GOLDEN =
      new Manifest(
          21,
          IDENTITY,
          10,
          TIME,
          0x5000,
          0x4000,
          8,
          43,
          List.of(TABLE),
          List.of(new DictionaryEntry(2, 9, 65_536, 0xDEADBEEF)),
          List.of(new JobEntry(9, 0x88, 3, Octets.of(new byte[] {10, 11}))));

  private static byte[] resealed(byte[] bytes) {
    LittleEndian.putInt(bytes, 20, 0);
    LittleEndian.putInt(bytes, 20, Crc32c.of(bytes, 0, bytes.length));
    return bytes;
  }

  private static byte[] changed(int at, int value) {
    byte[] bytes = GoldenStructures.MANIFEST.clone();
    bytes[at] = (byte) value;
    return resealed(bytes);
  }

  @Test
  void hasItsGoldenBytes() throws CorruptBytesException {
    assertThat(GOLDEN.encode()).isEqualTo(GoldenStructures.MANIFEST);
    assertThat(Manifest.decode(GoldenStructures.MANIFEST, "manifest-a")).isEqualTo(GOLDEN);
  }

  @Test
  void bytesBehindItAreIgnored() throws CorruptBytesException {
    byte[] file = Arrays.copyOf(GoldenStructures.MANIFEST, 4096);
    Arrays.fill(file, GoldenStructures.MANIFEST.length, file.length, (byte) 7);

    assertThat(Manifest.decode(file, "manifest-a")).isEqualTo(GOLDEN);
  }

  @Test
  void everyFlippedBitIsDamage() {
    for (int bit = 0; bit < 8 * GoldenStructures.MANIFEST.length; bit++) {
      byte[] bytes = GoldenBytes.flipped(GoldenStructures.MANIFEST, bit);
      assertThatThrownBy(() -> Manifest.decode(bytes, "manifest-a"))
          .as("bit %d", bit)
          .isInstanceOf(CorruptBytesException.class);
    }
  }

  @Test
  void everyCutIsDamage() {
    for (int length = 0; length < GoldenStructures.MANIFEST.length; length++) {
      byte[] cut = Arrays.copyOf(GoldenStructures.MANIFEST, length);
      assertThatThrownBy(() -> Manifest.decode(cut, "manifest-a"))
          .as("%d bytes", length)
          .isInstanceOf(CorruptBytesException.class);
    }
  }

  @Test
  void everyCutThatIsSealedAgainIsDamage() {
    for (int length = Manifest.HEADER_BYTES; length < GoldenStructures.MANIFEST.length; length++) {
      byte[] cut = Arrays.copyOf(GoldenStructures.MANIFEST, length);
      LittleEndian.putInt(cut, 16, length - Manifest.HEADER_BYTES);
      byte[] sealed = resealed(cut);
      assertThatThrownBy(() -> Manifest.decode(sealed, "manifest-a"))
          .as("%d bytes", length)
          .isInstanceOf(CorruptBytesException.class);
    }
  }

  @Test
  void randomManifestsRoundTrip() throws CorruptBytesException {
    Random random = new Random(20261121);
    for (int round = 0; round < 100; round++) {
      List<TableEntry> tables = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        tables.add(randomTable(random));
      }
      Manifest manifest =
          new Manifest(
              random.nextLong(),
              new StoreIdentity(
                  512 + random.nextInt(65_025), 1 + random.nextInt(23), random.nextLong(), 1, 2, 3),
              random.nextInt() >>> 1,
              random.nextLong(),
              8L * (random.nextInt() >>> 1),
              8L * (random.nextInt() >>> 1),
              random.nextLong() >>> 1,
              random.nextLong() >>> 1,
              tables,
              List.of(),
              List.of());

      assertThat(Manifest.decode(manifest.encode(), "manifest-a")).isEqualTo(manifest);
    }
  }

  private static TableEntry randomTable(Random random) {
    List<SegmentEntry> segments = new ArrayList<>();
    List<PartitionEntry> partitions = new ArrayList<>();
    for (int i = random.nextInt(50); i > 0; i--) {
      segments.add(
          new SegmentEntry(
              1 + random.nextInt(1000),
              random.nextInt(1 << 29),
              random.nextInt(65_536),
              8L * random.nextInt(1 << 20),
              random.nextLong(),
              random.nextLong(),
              random.nextLong() >>> 1,
              random.nextLong() >>> 1));
      int bits = random.nextInt(31);
      int prefix = random.nextInt(1 << bits);
      SlotEntry slot = new SlotEntry(random.nextInt(9999), 5, 6, 8, 7, prefix, bits);
      partitions.add(new PartitionEntry(prefix, bits, List.of(SlotEntry.NONE, slot)));
    }
    String name = "t".repeat(random.nextInt(70));
    return new TableEntry(
        random.nextInt() >>> 1, name, Octets.EMPTY, 5, segments, List.of(), List.of(), partitions);
  }

  @Test
  void aNewerVersionIsNamed() {
    assertThatThrownBy(() -> Manifest.decode(changed(4, 3), "manifest-b"))
        .isInstanceOf(UnsupportedVersionException.class)
        .hasMessageContaining("manifest-b")
        .hasMessageContaining("version 3")
        .hasMessageContaining("version 2");
  }

  @ParameterizedTest
  @CsvSource({
    "4, 0", // version
    "6, 1", // reserved
    "30, 1", // zeros
    "33, 0", // page size
    "34, 2",
    "36, 0", // bits of segment numbers
    "36, 24",
    "36, 33",
    "72, 128", // next table
    "81, 1", // clean end
    "104, 128", // sequence
    "113, 200", // more tables than bytes
    "116, 255",
    "141, 0", // segment number 0
    "148, 128", // capacity
    "152, 128"
  })
  void anImpossibleFieldIsDamage(int at, int value) {
    assertThatThrownBy(() -> Manifest.decode(changed(at, value), "manifest-a"))
        .isInstanceOf(CorruptBytesException.class)
        .hasMessageContaining("manifest-a");
  }

  @Test
  void aPrefixWithMoreBitsThanItHasIsDamage() {
    PartitionEntry partition = new PartitionEntry(2, 1, List.of(SLOT, SLOT));
    PartitionEntry badSlot =
        new PartitionEntry(0, 0, List.of(new SlotEntry(0, 0, 0, 0, 0, 1, 0), SlotEntry.NONE));
    for (PartitionEntry bad : List.of(partition, badSlot)) {
      TableEntry table =
          new TableEntry(1, "t", Octets.EMPTY, 1, List.of(), List.of(), List.of(), List.of(bad));
      byte[] bytes =
          new Manifest(1, IDENTITY, 2, 0, 0, 0, 0, 0, List.of(table), List.of(), List.of())
              .encode();
      assertThatThrownBy(() -> Manifest.decode(bytes, "manifest-a"))
          .isInstanceOf(CorruptBytesException.class);
    }
  }

  @Test
  void listsAreCopied() {
    List<TableEntry> tables = new ArrayList<>();
    Manifest manifest = new Manifest(1, IDENTITY, 2, 0, 0, 0, 0, 0, tables, List.of(), List.of());
    tables.add(TABLE);

    assertThat(manifest.tables()).isEmpty();
  }

  @Test
  void aPartitionHasTwoSlots() {
    assertThat(SLOT.exists()).isTrue();
    assertThat(SlotEntry.NONE.exists()).isFalse();
    assertThatThrownBy(() -> new PartitionEntry(0, 0, List.of(SLOT)))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
