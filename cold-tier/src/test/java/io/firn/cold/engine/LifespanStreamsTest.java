// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.model.Address;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.segment.PageStates;
import io.firn.cold.segment.Segment;
import io.firn.cold.segment.SpaceShape;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** New records stand beside those that will die with them, as long as there is room for that. */
final class LifespanStreamsTest {
  private static final int KEYS = 6_000;
  private static final int HOT = 100;
  private static final int TURNS = 60;
  private static final long LATER = 1L << 45;
  private static final SpaceShape SHAPE =
      new SpaceShape(4096, 64 << 10, 256 << 10, Address.MAX_SEGMENT, 8, 16 << 10, 10, 0);

  private final SimDisk disk = new SimDisk(3);
  private StillStore store = open();

  private StillStore open() {
    EngineOptions o = StillStore.OPTIONS;
    try {
      return StillStore.open(
          disk,
          new EngineOptions(
              o.maximumDiskBytes(),
              o.flushMode(),
              o.flushIntervalNanos(),
              o.flushBytes(),
              o.maximumValueBytes(),
              o.keptLogBytes(),
              o.mappedBytes(),
              o.carriedBytes(),
              o.batches(),
              o.log(),
              SHAPE,
              o.index(),
              o.damage(),
              o.startEmptyIfNewer(),
              o.archive(),
              1));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @AfterEach
  void close() {
    EvacuationFixture.audit(store.table());
    store.close();
  }

  /** Puts hot keys over and over, until cold ones are older than a turnover. */
  private void overwriteHotKeys() {
    for (int turn = 1; turn <= TURNS; turn++) {
      EvacuationFixture.put(store.table(), 0, HOT, turn);
      EvacuationFixture.settle(store);
    }
  }

  private Segment segmentOf(int key) {
    Table table = store.table();
    byte[] bytes = StillStore.key(key);
    long word = EntryProbe.find(table, table.hashOf(bytes, bytes.length));
    return requireNonNull(table.space().find(Address.segment(word)));
  }

  private Set<Segment> segments(int from, int to) {
    Set<Segment> segments = new HashSet<>();
    for (int key = from; key < to; key++) {
      segments.add(segmentOf(key));
    }
    return segments;
  }

  private Set<Integer> classes(int from, int to) {
    Set<Integer> classes = new TreeSet<>();
    segments(from, to).forEach(segment -> classes.add(segment.streamClass()));
    return classes;
  }

  /** Removes most keys in the first half of each segment; returns how many pages became free. */
  private int emptyHalves() {
    Table table = store.table();
    EvacuationFixture.seal(store);
    for (int key = HOT; key < KEYS - HOT; key++) {
      byte[] bytes = StillStore.key(key);
      long word = EntryProbe.find(table, table.hashOf(bytes, bytes.length));
      Segment segment = table.space().find(Address.segment(word));
      if (segment != null && Address.offset(word) < segment.capacity() / 2) {
        assertThat(StillStore.remove(table, key)).isTrue();
      }
    }
    EvacuationFixture.settle(store);
    int free = 0;
    for (Segment segment : table.space().segments()) {
      PageStates states = table.space().pageStates(segment);
      for (int page = 0; page < states.pages(); page++) {
        free += states.isUnused(page) && !states.isOpen(page) ? 1 : 0;
      }
    }
    return free;
  }

  @Test
  void hotKeysAndColdKeys_standInFilesOfTheirOwn() {
    EvacuationFixture.put(store.table(), 0, KEYS, 0);
    assertThat(classes(0, KEYS)).hasSize(1);
    overwriteHotKeys();
    assertThat(segments(0, HOT)).doesNotContainAnyElementsOf(segments(HOT, KEYS));
    assertThat(classes(0, HOT)).hasSize(1).isNotEqualTo(classes(HOT, KEYS));
    EvacuationFixture.check(store.table(), 0, HOT, TURNS);
    EvacuationFixture.check(store.table(), HOT, KEYS, 0);
  }

  @Test
  void aColdKey_staysWithTheColdOnes_andOneInBetweenDoesNot() {
    EvacuationFixture.put(store.table(), 0, KEYS, 0);
    overwriteHotKeys();
    store.table().space().closeStreams(); // what is filled slowly has pages that seem old
    EvacuationFixture.put(store.table(), HOT, HOT + 10, 1);
    assertThat(classes(HOT, HOT + 10)).isEqualTo(classes(HOT, KEYS));
    for (int turn = 1; turn <= TURNS / 3; turn++) {
      EvacuationFixture.put(store.table(), 0, HOT, TURNS + turn);
    }
    EvacuationFixture.put(store.table(), HOT, HOT + 10, 2);
    assertThat(classes(HOT, HOT + 10))
        .hasSize(1)
        .doesNotContainAnyElementsOf(classes(0, HOT))
        .doesNotContainAnyElementsOf(classes(HOT + 10, KEYS));
  }

  @Test
  void whatANewLifeOverwrites_goesWhereItWas() {
    EvacuationFixture.put(store.table(), 0, KEYS, 0);
    overwriteHotKeys();
    Set<Integer> hot = classes(0, HOT);
    Set<Integer> cold = classes(HOT, KEYS);
    store.close();
    store = open();
    EvacuationFixture.settle(store);
    EvacuationFixture.put(store.table(), 0, 2 * HOT, TURNS + 1);
    assertThat(classes(0, HOT)).isEqualTo(hot);
    assertThat(classes(HOT, 2 * HOT)).isEqualTo(cold);
  }

  @Test
  void whatExpires_isNeverBesideWhatDoesNot() {
    EvacuationFixture.put(store.table(), 0, KEYS, 0);
    overwriteHotKeys();
    for (int key = HOT / 2; key < 2 * HOT; key++) {
      EvacuationFixture.putExpiring(store.table(), key, TURNS, LATER);
    }
    Set<Segment> timed = segments(HOT / 2, 2 * HOT);
    assertThat(timed).doesNotContainAnyElementsOf(segments(0, HOT / 2));
    assertThat(timed).doesNotContainAnyElementsOf(segments(2 * HOT, KEYS));
    EvacuationFixture.put(store.table(), HOT, 2 * HOT, TURNS + 1);
    assertThat(segments(HOT, 2 * HOT)).doesNotContainAnyElementsOf(segments(HOT / 2, HOT));
  }

  @Test
  void aStream_takesAFileOfItsOwn_andLeavesThePagesOfOthersToThem() {
    EvacuationFixture.put(store.table(), 0, KEYS, 0);
    assertThat(emptyHalves()).isGreaterThan(64);
    Set<Segment> cold = Set.copyOf(store.table().space().segments());
    EvacuationFixture.put(store.table(), KEYS - HOT, KEYS, 1);
    assertThat(segments(KEYS - HOT, KEYS)).doesNotContainAnyElementsOf(cold);
    EvacuationFixture.put(store.table(), KEYS, KEYS + HOT, 0);
    assertThat(cold).containsAll(segments(KEYS, KEYS + HOT));
  }

  @Test
  void withoutRoomForAFile_thePagesOfOthersAreTaken() {
    EvacuationFixture.put(store.table(), 0, KEYS, 0);
    int free = emptyHalves();
    assertThat(free).isGreaterThan(64);
    Set<Segment> cold = Set.copyOf(store.table().space().segments());
    store.table().limitBytes(store.table().space().fileBytes());
    putWithoutRoomForAFile(cold, free);
    EvacuationFixture.seal(store);
    int oldest = store.table().space().segments().get(0).number();
    EvacuationResult copies =
        new Evacuator(store.table()).retire(oldest, RecordFilter.KEEP_ALL, move -> {});
    assertThat(copies.moved()).isPositive();
    assertThat(copies.left()).isZero();
  }

  @Test
  void onADiskThatCannotHoldAFile_thePagesOfOthersAreTaken() {
    EvacuationFixture.put(store.table(), 0, KEYS, 0);
    int free = emptyHalves();
    Set<Segment> cold = Set.copyOf(store.table().space().segments());
    disk.quotaBytes(disk.allocatedBytes() + (48 << 10));
    putWithoutRoomForAFile(cold, free);
    disk.quotaBytes(Long.MAX_VALUE);
  }

  @Test
  void whileSomebodyMakesRoom_thePagesOfOthersAreLeftToThem() {
    EvacuationFixture.put(store.table(), 0, KEYS, 0);
    assertThat(emptyHalves()).isGreaterThan(64);
    Map<Long, Long> before = EvacuationFixture.entries(store.table());
    store.table().limitBytes(store.table().space().fileBytes());
    store.engine().pressure().listen(id -> false); // helps, but not this writer, who need not wait
    assertThatThrownBy(() -> StillStore.put(store.table(), KEYS - 1, 1))
        .isInstanceOf(DiskFullException.class);
    assertThat(EvacuationFixture.entries(store.table())).isEqualTo(before);
    assertThat(store.table().space().writableBytes()).as("in files of new records").isPositive();
    assertThat(store.table().space().copyRunsBytes()).as("in files of survivors").isZero();

    int oldest = store.table().space().segments().get(0).number();
    EvacuationResult copies =
        new Evacuator(store.table()).retire(oldest, RecordFilter.KEEP_ALL, move -> {});
    assertThat(copies.moved()).as("copies take what there is").isPositive();
    assertThat(copies.left()).isZero();

    store.engine().pressure().listen(null);
    StillStore.put(store.table(), KEYS - 1, 1);
  }

  @Test
  void inATableOfFewFiles_thePagesOfOthersAreTaken_thoughSomebodyMakesRoom() {
    EvacuationFixture.put(store.table(), 0, KEYS / 2, 0);
    assertThat(emptyHalves()).isGreaterThan(64);
    Set<Segment> files = Set.copyOf(store.table().space().segments());
    store.table().limitBytes(store.table().space().fileBytes());
    store.engine().pressure().listen(id -> false);
    EvacuationFixture.putExpiring(store.table(), 0, 1, LATER);
    assertThat(segmentOf(0)).isIn(files);
    assertThat(store.table().space().writableBytes()).isPositive();
    assertThat(store.table().space().copyRunsBytes())
        .as("what is kept, too")
        .isGreaterThan(store.table().space().writableBytes());
  }

  @Test
  void pagesThatAreFilledAndDieAgain_areNotTakenForPagesThatWereUnusedAllTheTime() {
    EvacuationFixture.put(store.table(), 0, KEYS, 0);
    assertThat(emptyHalves()).isGreaterThan(64);
    Map<Segment, PageStates> before = pageStates();
    assertThat(StillStore.remove(store.table(), KEYS - 1)).isTrue();
    EvacuationFixture.settle(store);
    pageStates()
        .forEach(
            (segment, now) ->
                assertThat(now.onlyDiedSince(requireNonNull(before.get(segment)))).isTrue());

    EvacuationFixture.put(store.table(), KEYS, KEYS + HOT, 0);
    Set<Segment> filled = segments(KEYS, KEYS + HOT);
    EvacuationFixture.seal(store);
    for (int key = KEYS; key < KEYS + HOT; key++) {
      assertThat(StillStore.remove(store.table(), key)).isTrue();
    }
    EvacuationFixture.settle(store);
    pageStates()
        .forEach(
            (segment, now) ->
                assertThat(now.onlyDiedSince(requireNonNull(before.get(segment))))
                    .isEqualTo(!filled.contains(segment)));
  }

  private Map<Segment, PageStates> pageStates() {
    Map<Segment, PageStates> states = new HashMap<>();
    for (Segment segment : store.table().space().segments()) {
      states.put(segment, store.table().space().pageStates(segment));
    }
    return states;
  }

  @Test
  void whatIsMovedForTheFirstTime_standsApartFromWhatIsMovedAgain_orIsOlderThanATurnover() {
    EvacuationFixture.put(store.table(), 0, KEYS, 0);
    int latest = KEYS - 1;
    retire(segmentOf(0));
    Segment old = segmentOf(0);
    assertThat(old.takesSurvivors()).isTrue();
    retire(segmentOf(latest));
    Segment young = segmentOf(latest);
    assertThat(young.takesSurvivors()).isTrue();
    assertThat(young.streamClass()).isNotEqualTo(old.streamClass());
    retire(young);
    assertThat(segmentOf(latest).streamClass()).isEqualTo(old.streamClass());
    EvacuationFixture.check(store.table(), 0, KEYS, 0);
  }

  private void retire(Segment segment) {
    EvacuationFixture.seal(store);
    EvacuationResult result =
        new Evacuator(store.table()).retire(segment.number(), RecordFilter.KEEP_ALL, move -> {});
    assertThat(result.moved()).isPositive();
    EvacuationFixture.settle(store);
  }

  private void putWithoutRoomForAFile(Set<Segment> files, int freePages) {
    Map<Long, Long> before = EvacuationFixture.entries(store.table());
    int keys = 0;
    for (int key = KEYS - HOT; key < KEYS; key++, keys++) {
      StillStore.put(store.table(), key, 1);
    }
    for (int key = 0; key < HOT; key++, keys++) {
      EvacuationFixture.putExpiring(store.table(), key, 1, LATER);
    }
    assertThat(Set.copyOf(store.table().space().segments())).isEqualTo(files);
    assertThat(EvacuationFixture.entries(store.table())).hasSizeGreaterThanOrEqualTo(before.size());
    int more = 0;
    try {
      for (; more < KEYS; more++) {
        StillStore.put(store.table(), KEYS + more, 0);
      }
    } catch (DiskFullException e) {
      assertThat(e).hasMessageContaining("bytes");
    }
    // All but what is kept for copies, in pages of 4,096 bytes with values of 200 bytes on average.
    assertThat(keys + more).isGreaterThan((freePages - 48) * 12);
  }
}
