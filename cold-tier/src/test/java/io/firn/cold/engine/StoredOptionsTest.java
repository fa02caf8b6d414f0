// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.format.Octets;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.DiskCall;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The options of tables, after every way in which a store may end. */
final class StoredOptionsTest {
  private static final Octets SOME = Octets.of(new byte[] {1, 2, 3});
  private static final Octets OTHER = Octets.of(new byte[] {4, 5, 6, 7, 8, 9});

  private static Table open(StillStore store, Octets options) {
    return store.engine().openTable(StillStore.TABLE, stored -> options);
  }

  private static Octets stored(StillStore store) {
    List<Octets> seen = new ArrayList<>();
    UnaryOperator<Octets> look =
        stored -> {
          seen.add(stored);
          return stored;
        };
    assertThat(store.engine().openTable(StillStore.TABLE, look)).isNotNull();
    return seen.get(0);
  }

  private static void assertStored(SimDisk disk, Octets expected) throws IOException {
    for (int again = 0; again < 2; again++) {
      try (StillStore store = StillStore.open(disk)) {
        assertThat(stored(store)).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(CrashKind.class)
  void optionsAreThere_afterACrash_withAndWithoutACheckpoint(CrashKind kind) throws IOException {
    SimDisk disk = new SimDisk(1);
    StillStore store = StillStore.open(disk);
    Table table = open(store, SOME);
    StillStore.put(table, 1, 0);
    store.engine().flush();
    assertStored(disk.copy().crash(kind), SOME);
    store.checkpoint();
    assertStored(disk.copy().crash(kind), SOME);
    assertThat(open(store, OTHER)).isSameAs(table);
    store.engine().flush();
    assertStored(disk.copy().crash(kind), OTHER);
    store.checkpoint();
    store.checkpoint();
    assertStored(disk.copy().crash(kind), OTHER);
    store.close();
    assertStored(disk, OTHER);
  }

  @Test
  void aTableWithoutOptionsGetsSomeLater_andKeepsItsData() throws IOException {
    SimDisk disk = new SimDisk(2);
    try (StillStore store = StillStore.open(disk)) {
      StillStore.put(store.table(), 1, 0);
    }
    try (StillStore store = StillStore.open(disk)) {
      assertThat(stored(store)).isEqualTo(Octets.EMPTY);
      assertThat(StillStore.get(open(store, SOME), 1)).isEqualTo(StillStore.value(1, 0));
    }
    try (StillStore store = StillStore.open(disk)) {
      assertThat(stored(store)).isEqualTo(SOME);
      assertThat(StillStore.get(store.table(), 1)).isEqualTo(StillStore.value(1, 0));
    }
  }

  @Test
  void aRefusalChangesNothing() throws IOException {
    SimDisk disk = new SimDisk(3);
    try (StillStore store = StillStore.open(disk)) {
      Table table = open(store, SOME);
      StillStore.put(table, 1, 0);
      long end = store.engine().log().end();
      UnaryOperator<Octets> refusal =
          stored -> {
            throw new IllegalStateException("not " + stored);
          };
      assertThatThrownBy(() -> store.engine().openTable(StillStore.TABLE, refusal))
          .hasMessage("not " + SOME);
      assertThatThrownBy(() -> store.engine().openTable("new", refusal)).hasMessage("not ");
      assertThat(store.engine().log().end()).isEqualTo(end);
      assertThat(store.engine().tableNames()).containsExactly(StillStore.TABLE);
      assertThat(StillStore.get(open(store, SOME), 1)).isEqualTo(StillStore.value(1, 0));
    }
    assertStored(disk, SOME);
  }

  @ParameterizedTest
  @EnumSource(
      value = DiskCall.class,
      names = {"PUBLISH", "ZERO"})
  void aFailingDiskOpensItsTables_withTheOptionsThatTheyHave(DiskCall call) throws IOException {
    SimDisk disk = new SimDisk(4);
    StillStore store = StillStore.open(disk);
    StillStore.put(store.table(), 1, 0);
    store.engine().flush();
    Octets large = Octets.of(new byte[3_000]);
    disk.faultRate(call, 1, call == DiskCall.ZERO ? Fault.ENOSPC : Fault.EIO);
    assertThat(StillStore.get(open(store, large), 1)).isEqualTo(StillStore.value(1, 0));
    assertThat(stored(store)).isEqualTo(Octets.EMPTY);
    disk.heal();
    store.heal();
    assertThat(StillStore.get(open(store, large), 1)).isEqualTo(StillStore.value(1, 0));
    store.close();
    assertStored(disk, large);
  }

  /** What a crash leaves of a table that was dropped and made again is the one or the other. */
  @ParameterizedTest
  @EnumSource(CrashKind.class)
  void afterADrop_theNextTableHasItsOwnOptions_wheneverTheStoreEnds(CrashKind kind)
      throws IOException {
    for (int seed = 0; seed < 20; seed++) {
      SimDisk disk = new SimDisk(seed);
      StillStore store = StillStore.open(disk);
      StillStore.put(open(store, SOME), 1, 0);
      if (seed % 2 == 0) {
        store.checkpoint();
      }
      long unused = store.engine().dropTable(StillStore.TABLE);
      assertStored(disk.copy().crash(kind), Octets.EMPTY);
      Table next = open(store, OTHER);
      StillStore.put(next, 1, 1);
      assertOneOrOther(disk.copy().crash(kind));
      if (seed % 3 == 0) {
        store.checkpoint();
      }
      store.engine().flush();
      assertStored(disk.copy().crash(kind), OTHER);
    }
  }

  private static void assertOneOrOther(SimDisk disk) throws IOException {
    try (StillStore store = StillStore.open(disk)) {
      Octets options = stored(store);
      byte[] value = StillStore.get(store.table(), 1);
      assertThat(options).isIn(Octets.EMPTY, OTHER);
      if (value != null) {
        assertThat(value).isEqualTo(StillStore.value(1, 1));
        assertThat(options).isEqualTo(OTHER);
      }
    }
  }
}
