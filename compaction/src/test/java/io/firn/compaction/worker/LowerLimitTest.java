// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.StoreState;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.ManualTime;
import io.firn.cold.testkit.SimDisk;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store that is opened with a lower limit than what it holds becomes smaller, and works. */
final class LowerLimitTest {
  private static final long MEBIBYTE = 1 << 20;
  private static final long BEFORE = 8 * MEBIBYTE;
  private static final int KEYS = 6_000;
  private static final int MOST_SLICES = 20_000;

  private static SteppedStore open(SimDisk disk, long limit) {
    return SteppedStore.open(disk, limit, new ManualTime());
  }

  private static SimDisk filled(boolean crashes) {
    SimDisk disk = new SimDisk(1);
    SteppedStore store = open(disk, BEFORE);
    for (int i = 0; i < KEYS; i++) {
      store.put(i, 0, SteppedStore.NEVER);
    }
    store.settle();
    assertThat(store.table().size()).isEqualTo(KEYS);
    if (crashes) {
      return disk.crash(CrashKind.PROCESS);
    }
    store.close();
    return disk;
  }

  private static long usedBytes(SimDisk disk) {
    try (SteppedStore store = open(disk.copy(), BEFORE)) {
      return store.space().usedBytes();
    }
  }

  /** Lets the workers act until the limit holds; it is never further away than at first. */
  private static void shrink(SteppedStore store, long limit) {
    long most = store.space().usedBytes() + store.space().headroomBytes() + MEBIBYTE / 4;
    for (int i = 0; store.space().usedBytes() > limit; i++) {
      assertThat(i).as("%s bytes used", store.space().usedBytes()).isLessThan(MOST_SLICES);
      int unused = store.step();
      assertThat(store.space().usedBytes()).isLessThanOrEqualTo(most);
    }
  }

  private static void check(SteppedStore store) {
    int found = 0;
    for (int i = 0; i < KEYS; i++) {
      byte[] value = store.get(SteppedStore.key(i));
      if (value != null) {
        found++;
        assertThat(Arrays.equals(value, SteppedStore.value(i, 0))).as("key %s", i).isTrue();
      }
    }
    assertThat(found).isPositive().isEqualTo((int) store.table().size());
    assertThat(store.verify().findings()).isEmpty();
  }

  private static void assertWritable(SteppedStore store) {
    for (int i = 0; i < KEYS / 2; i++) {
      putWhenRoom(store, KEYS + i);
      int unused = store.step();
    }
    assertThat(store.get(SteppedStore.key(KEYS + KEYS / 2 - 1))).isNotNull();
    assertThat(store.engine().health().state()).isEqualTo(StoreState.OK);
  }

  private static void putWhenRoom(SteppedStore store, int key) {
    for (int i = 0; i < MOST_SLICES; i++) {
      try {
        store.put(key, 0, SteppedStore.NEVER);
        return;
      } catch (DiskFullException e) {
        int unused = store.step();
      }
    }
    throw new AssertionError("no room is made for key " + key);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void itEvictsDownToTheLimit_andTakesValuesAgain(boolean crashed) {
    SimDisk disk = filled(crashed);
    for (long limit : new long[] {MEBIBYTE, 2 * MEBIBYTE}) {
      try (SteppedStore store = open(disk.copy(), limit)) {
        shrink(store, limit);
        store.settle();
        check(store);
        assertWritable(store);
        assertThat(store.space().usedBytes()).isLessThanOrEqualTo(limit);
      }
    }
  }

  @Test
  void itWorksWithEveryLimitAroundWhatItHolds() {
    SimDisk disk = filled(false);
    long used = usedBytes(disk);
    for (long limit = used - 64 * 1024; limit < used + 640 * 1024; limit += 24 * 1024 + 8) {
      try (SteppedStore store = open(disk.copy(), limit)) {
        shrink(store, limit);
        assertWritable(store);
        assertThat(store.space().usedBytes()).isLessThanOrEqualTo(limit);
      }
    }
  }

  @Test
  void entriesThatWereAllReadGiveWayToo() {
    try (SteppedStore store = open(filled(false), 2 * MEBIBYTE)) {
      for (int round = 0; round < 3; round++) {
        check(store);
      }
      shrink(store, 2 * MEBIBYTE);
      store.settle();
      check(store);
      assertWritable(store);
    }
  }

  @Test
  void aLifeThatEndsHalfway_goesOnInTheNext() {
    SimDisk disk = filled(false);
    long limit = MEBIBYTE;
    for (int life = 0; life < 6; life++) {
      SteppedStore store = open(disk, limit);
      for (int i = 0; i < 8; i++) {
        int unused = store.step();
      }
      disk = disk.crash(CrashKind.PROCESS);
    }
    try (SteppedStore store = open(disk, limit)) {
      shrink(store, limit);
      check(store);
      assertWritable(store);
    }
  }
}
