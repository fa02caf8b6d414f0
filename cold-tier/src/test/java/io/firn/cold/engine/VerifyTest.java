// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static io.firn.cold.engine.DamagedStores.ENTRIES;
import static io.firn.cold.engine.DamagedStores.PAGE_BYTES;
import static io.firn.cold.engine.DamagedStores.closedStore;
import static io.firn.cold.engine.DamagedStores.files;
import static io.firn.cold.engine.DamagedStores.killedStore;
import static io.firn.cold.engine.DamagedStores.newerManifest;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.engine.VerifyReport.Finding;
import io.firn.cold.engine.VerifyReport.Kind;
import io.firn.cold.format.Manifest;
import io.firn.cold.format.PageLayout;
import io.firn.cold.format.PartitionEntry;
import io.firn.cold.format.SlotEntry;
import io.firn.cold.index.Partition;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.model.Address;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.segment.Segment;
import io.firn.cold.segment.SpaceTamper;
import io.firn.cold.testkit.DiskCall;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Damages each structure in turn; a verification finds that and nothing else. */
final class VerifyTest {
  private static final PageLayout LAYOUT = new PageLayout(PAGE_BYTES);

  /** Opens a closed store, does something to its disk, and returns the only finding. */
  private static Finding only(Consumer<StillStore> damage) throws IOException {
    try (StillStore store = StillStore.open(closedStore())) {
      damage.accept(store);
      VerifyReport report = store.engine().verify();
      assertThat(report.findings()).as("%s", report).hasSize(1);
      assertThat(report.isClean()).isFalse();
      Finding finding = report.findings().get(0);
      assertThat(report.counts()).containsOnlyKeys(finding.kind()).containsValue(1L);
      return finding;
    }
  }

  /** Flips a bit of a file on the disk of an open store. */
  private static Finding onlyAfterFlip(SimDisk disk, String path, long at) throws IOException {
    try (StillStore store = StillStore.open(disk)) {
      assertThat(store.engine().verify().findings()).isEmpty();
      disk.flipBit(path, 8 * at + 1);
      VerifyReport report = store.engine().verify();
      assertThat(report.findings()).as("%s", report).hasSize(1);
      return report.findings().get(0);
    }
  }

  /** Returns the address of a live record that begins and ends in one page, not in the first. */
  private static long someRecord(StillStore store) {
    for (int i = 1; i < ENTRIES; i++) {
      byte[] key = StillStore.key(i);
      long word = store.table().index().find(store.table().hashOf(key, key.length));
      if (word != Address.NONE
          && Address.boundBytes(word) > 100
          && LAYOUT.pageOf(Address.offset(word)) > 0
          && LAYOUT.pagesTouched(Address.offset(word), Address.boundBytes(word)) == 1) {
        return word;
      }
    }
    throw new AssertionError("no such record");
  }

  private static String path(long word) {
    return "data/1/" + Address.segment(word) + ".seg";
  }

  private static long someRecord(SimDisk disk) throws IOException {
    try (StillStore store = StillStore.open(disk.copy())) {
      return someRecord(store);
    }
  }

  // ---- nothing is wrong

  @Test
  void aStoreAtWork_isCleanAndEverythingWasRead() throws IOException {
    SimDisk disk = new SimDisk(3);
    try (StillStore store = StillStore.open(disk)) {
      DamagedStores.fill(store);
      VerifyReport report = store.engine().verify();
      assertThat(report.findings()).isEmpty();
      assertThat(report.isClean()).isTrue();
      assertThat(report.manifests()).isEqualTo(2);
      assertThat(report.snapshots()).isPositive();
      assertThat(report.frames()).isPositive();
      assertThat(report.segments()).isEqualTo(files(disk, "data/1/").size());
      assertThat(report.entries()).isEqualTo(store.table().size());
      assertThat(report.records()).isGreaterThanOrEqualTo(store.table().size());
      store.work(1_000);
      VerifyReport sealed = store.engine().verify();
      assertThat(sealed.findings()).isEmpty();
      assertThat(sealed.pages()).isPositive();
    }
  }

  @Test
  void aNewStore_isClean() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(3))) {
      assertThat(store.engine().verify().findings()).isEmpty();
      assertThat(store.engine().verify().manifests()).isEqualTo(1);
    }
  }

  @Test
  void aStoreThatWasClosedOrKilled_isClean() throws IOException {
    for (SimDisk disk : new SimDisk[] {closedStore(), killedStore()}) {
      try (StillStore store = StillStore.open(disk)) {
        assertThat(store.engine().verify().findings()).isEmpty();
        store.work(1_000);
        assertThat(store.engine().verify().findings()).isEmpty();
      }
    }
  }

  @Test
  void verifying_changesNothing() throws IOException {
    SimDisk disk = closedStore();
    try (StillStore store = StillStore.open(disk)) {
      store.work(1_000);
      String before = disk.toHex();
      assertThat(store.engine().verify().isClean()).isTrue();
      assertThat(disk.toHex()).isEqualTo(before);
    }
  }

  @Test
  void aClosedStore_isRefused() throws IOException {
    StillStore store = StillStore.open(new SimDisk(3));
    store.close();
    assertThatThrownBy(() -> store.engine().verify()).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void anEmptiedTable_isClean() throws IOException {
    try (StillStore store = StillStore.open(closedStore())) {
      assertThat(store.table().clear()).isPositive();
      assertThat(store.engine().verify().findings()).isEmpty();
      store.work(1_000);
      assertThat(store.engine().verify().findings()).isEmpty();
    }
  }

  // ---- manifest, log, snapshots

  @Test
  void eitherManifest() throws IOException {
    for (String name : new String[] {"manifest-a", "manifest-b"}) {
      Finding found = onlyAfterFlip(closedStore(), name, 50);
      assertThat(found.kind()).isEqualTo(Kind.MANIFEST);
      assertThat(found.where()).isEqualTo(name);
      assertThat(found.actual()).contains("checksum");
    }
  }

  @Test
  void aMissingManifest() throws IOException {
    SimDisk disk = closedStore();
    String older = newerManifest(disk).equals("manifest-a") ? "manifest-b" : "manifest-a";
    disk.delete(older);
    try (StillStore store = StillStore.open(disk)) {
      assertThat(store.engine().verify().findings())
          .singleElement()
          .satisfies(found -> assertThat(found.kind()).isEqualTo(Kind.MANIFEST))
          .satisfies(found -> assertThat(found.where()).isEqualTo(older));
    }
  }

  @Test
  void aManifestThatIsNotTheStoresOwn() throws IOException {
    SimDisk disk = closedStore();
    try (StillStore store = StillStore.open(disk)) {
      String newer = newerManifest(disk);
      byte[] other = disk.content(newer.equals("manifest-a") ? "manifest-b" : "manifest-a");
      try (DiskFile file = disk.open(newer, Disk.OpenMode.WRITE)) {
        file.write(0, other, 0, other.length);
      }
      assertThat(store.engine().verify().findings())
          .singleElement()
          .satisfies(found -> assertThat(found.kind()).isEqualTo(Kind.MANIFEST))
          .satisfies(found -> assertThat(found.where()).isEqualTo(newer));
    }
  }

  @Test
  void anySnapshot_inItsHeaderOrItsEntries() throws IOException {
    SimDisk disk = closedStore();
    Manifest manifest = Manifest.decode(disk.content(newerManifest(disk)), "m");
    int checked = 0;
    for (PartitionEntry partition : manifest.tables().get(0).partitions()) {
      for (SlotEntry slot : partition.slots()) {
        if (slot.number() != 0 && checked++ < 6) {
          long at = slot.offset() + (checked % 2 == 0 ? 22 : 70);
          Finding found = onlyAfterFlip(disk.copy(), "index/1.idx", at);
          assertThat(found.kind()).isEqualTo(Kind.SNAPSHOT);
          assertThat(found.where()).contains("index/1.idx at " + slot.offset()).contains("table t");
        }
      }
    }
    assertThat(checked).isGreaterThan(3);
  }

  @Test
  void theLogBelowAMark() throws IOException {
    Finding found = damagedLog(-4_000);
    assertThat(found.kind()).isEqualTo(Kind.LOG);
    assertThat(found.where()).startsWith("LSN ");
  }

  @Test
  void theLogAboveTheLastMark() throws IOException {
    Finding found = damagedLog(-10);
    assertThat(found.kind()).isEqualTo(Kind.LOG);
  }

  private static Finding damagedLog(long fromEnd) throws IOException {
    SimDisk disk = new SimDisk(3);
    try (StillStore store = StillStore.open(disk)) {
      for (int i = 0; i < 100; i++) {
        StillStore.put(store.table(), i, 0);
      }
      store.engine().flush();
      for (int i = 0; i < 100; i++) {
        StillStore.put(store.table(), i, 0);
      }
      long end = store.engine().log().end();
      long base = store.engine().log().oldestLsn();
      String path = files(disk, "wal/").get(0);
      disk.flipBit(path, 8 * (end + fromEnd - base + 64));
      VerifyReport report = store.engine().verify();
      assertThat(report.findings()).as("%s", report).hasSize(1);
      return report.findings().get(0);
    }
  }

  // ---- data files

  @Test
  void theHeaderOfASegment() throws IOException {
    Finding found = onlyAfterFlip(closedStore(), "data/1/1.seg", 18);
    assertThat(found.kind()).isEqualTo(Kind.SEGMENT);
    assertThat(found.where()).isEqualTo("data/1/1.seg");
  }

  @Test
  void theHeaderOfAPage() throws IOException {
    SimDisk disk = closedStore();
    long word = someRecord(disk);
    int page = LAYOUT.pageOf(Address.offset(word));
    for (int at : new int[] {0, 8, 12, 16, 20, 24}) {
      Finding found = onlyAfterFlip(disk.copy(), path(word), LAYOUT.headerOf(page) + at);
      assertThat(found.kind()).isEqualTo(Kind.PAGE);
      assertThat(found.where()).isEqualTo(path(word) + " page " + page);
    }
  }

  @Test
  void aRecord_inItsHeaderItsKeyOrItsValue() throws IOException {
    SimDisk disk = closedStore();
    long word = someRecord(disk);
    for (int at : new int[] {1, 5, 9, 10, 16, 40, 90}) {
      Finding found = onlyAfterFlip(disk.copy(), path(word), Address.offset(word) + at);
      assertThat(found.kind()).as("byte %s", at).isEqualTo(Kind.RECORD);
      assertThat(found.expected()).contains(Address.describe(word));
    }
  }

  @Test
  void aLostFileEnd_costsItsRecords() throws IOException {
    SimDisk disk = closedStore();
    try (StillStore store = StillStore.open(disk)) {
      try (DiskFile file = disk.open("data/1/1.seg", Disk.OpenMode.WRITE)) {
        file.truncate(PAGE_BYTES);
      }
      VerifyReport report = store.engine().verify();
      assertThat(report.counts()).containsOnlyKeys(Kind.RECORD);
      assertThat(report.findings().get(0).actual()).contains("unreadable");
    }
  }

  @Test
  void aDiskThatCannotRead() throws IOException {
    SimDisk disk = closedStore();
    try (StillStore store = StillStore.open(disk)) {
      disk.faultsOnlyOn(path -> path.equals("data/1/1.seg"));
      disk.failFrom(DiskCall.READ, 1, Fault.EIO);
      VerifyReport report = store.engine().verify();
      disk.heal();
      assertThat(report.counts()).containsOnlyKeys(Kind.RECORD, Kind.SEGMENT);
      assertThat(store.engine().verify().isClean()).isTrue();
    }
  }

  @Test
  void manyFindings_areCountedAndTheFirstListed() throws IOException {
    SimDisk disk = closedStore();
    try (StillStore store = StillStore.open(disk)) {
      for (String path : files(disk, "data/1/")) {
        try (DiskFile file = disk.open(path, Disk.OpenMode.WRITE)) {
          file.truncate(0);
        }
      }
      VerifyReport report = store.engine().verify();
      assertThat(report.counts()).containsEntry(Kind.RECORD, store.table().size());
      assertThat(report.findings().size()).isLessThanOrEqualTo(VerifyReport.MAXIMUM_FINDINGS);
    }
  }

  // ---- the index and the accounts in memory

  private static void redirect(StillStore store, long word, long newWord) {
    store
        .table()
        .index()
        .lockAll(
            partitions -> {
              for (Partition partition : partitions) {
                long[] owner = new long[2];
                partition.forEach(
                    (hash, present) -> {
                      if (Address.withoutVisits(present) == Address.withoutVisits(word)) {
                        owner[0] = hash;
                        owner[1] = present;
                      }
                    });
                if (owner[1] != Address.NONE) {
                  long unused = partition.put(owner[0], newWord);
                  store.table().space().debit(word);
                  boolean unusedCredit = store.table().space().credit(newWord);
                }
              }
            });
  }

  @Test
  void anEntry_thatPointsIntoTheMiddleOfARecord() throws IOException {
    Finding found =
        only(
            store -> {
              long word = someRecord(store);
              redirect(
                  store, word, Address.of(Address.segment(word), Address.offset(word) + 16, 64));
            });
    assertThat(found.kind()).isEqualTo(Kind.ENTRY);
    assertThat(found.where()).startsWith("table t, hash ");
  }

  @Test
  void anEntry_thatPointsToTheRecordOfAnotherKey() throws IOException {
    Finding found =
        only(
            store -> {
              byte[] one = StillStore.key(1);
              byte[] two = StillStore.key(2);
              long first = store.table().index().find(store.table().hashOf(one, one.length));
              long second = store.table().index().find(store.table().hashOf(two, two.length));
              redirect(store, first, second);
            });
    assertThat(found.kind()).isEqualTo(Kind.ENTRY);
    assertThat(found.actual()).startsWith("hash ");
  }

  @Test
  void anEntry_thatPointsIntoNoSegment() throws IOException {
    Finding found = only(store -> redirect(store, someRecord(store), Address.of(4_000, 200, 64)));
    assertThat(found.kind()).isEqualTo(Kind.ENTRY);
  }

  @Test
  void aPageThatIsChargedTooMuch() throws IOException {
    try (StillStore store = StillStore.open(closedStore())) {
      assertThat(store.table().space().credit(someRecord(store))).isTrue();
      VerifyReport report = store.engine().verify();
      assertThat(report.counts()).containsOnlyKeys(Kind.SPACE);
      assertThat(report.findings())
          .extracting(Finding::where)
          .anyMatch(where -> where.endsWith(", charge"))
          .anyMatch(where -> where.endsWith("live charge"))
          .anyMatch(where -> where.endsWith("live records"));
    }
  }

  @Test
  void aPageThatIsChargedTooLittle() throws IOException {
    try (StillStore store = StillStore.open(closedStore())) {
      store.table().space().debit(someRecord(store));
      VerifyReport report = store.engine().verify();
      assertThat(report.counts()).containsOnlyKeys(Kind.SPACE);
    }
  }

  @Test
  void aPageThatIsFreeInItsStateOnly() throws IOException {
    try (StillStore store = StillStore.open(new SimDisk(3))) {
      StillStore.put(store.table(), 1, 0);
      Segment segment = store.table().space().segments().get(0);
      assertThat(segment.pageCharge(5)).isZero();
      SpaceTamper.free(segment, 5);
      assertThat(store.engine().verify().findings())
          .singleElement()
          .satisfies(found -> assertThat(found.kind()).isEqualTo(Kind.SPACE))
          .satisfies(found -> assertThat(found.where()).isEqualTo("data/1/1.seg page 5"))
          .satisfies(found -> assertThat(found.expected()).contains("free-space map"));
    }
  }

  @Test
  void aLedgerThatForgotBytes() throws IOException {
    Finding found = only(store -> store.engine().ledger().release(512));
    assertThat(found.kind()).isEqualTo(Kind.SPACE);
    assertThat(found.where()).isEqualTo("ledger");
  }
}
