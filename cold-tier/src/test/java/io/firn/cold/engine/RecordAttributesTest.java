// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static io.firn.cold.engine.EvacuationFixture.allPages;
import static io.firn.cold.engine.EvacuationFixture.evacuate;
import static io.firn.cold.engine.EvacuationFixture.seal;
import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a writer may add to a record: the time of an earlier write, and attributes. */
final class RecordAttributesTest {
  private static final byte[] VALUE = {1, 2, 3};
  private static final byte[] ATTRIBUTES = {9, 8, 7, 6};
  private static final long LONG_AGO = 1_234_567_890_123L;

  /** Notes what a read hands over. */
  private static final class Noting implements ValueDecoder<byte[]> {
    byte @Nullable [] attributes;
    long writeTimeMillis;
    long expiresAtMillis;

    @Override
    public void attributes(byte[] buffer, int offset, int length) {
      attributes = Arrays.copyOfRange(buffer, offset, offset + length);
    }

    @Override
    public byte[] decode(
        byte[] buffer, int offset, int length, long writeTimeMillis, long expiresAtMillis) {
      this.writeTimeMillis = writeTimeMillis;
      this.expiresAtMillis = expiresAtMillis;
      return Arrays.copyOfRange(buffer, offset, offset + length);
    }
  }

  private static byte[] key(int number) {
    return new byte[] {(byte) number, 5};
  }

  private static long hash(Table table, int number) {
    return table.hashOf(key(number), key(number).length);
  }

  private static Noting read(Table table, int number) {
    Noting noting = new Noting();
    assertThat(table.get(hash(table, number), key(number), 2, noting)).isEqualTo(VALUE);
    return noting;
  }

  private static void check(Table table) {
    Noting full = read(table, 1);
    assertThat(full.attributes).isEqualTo(ATTRIBUTES);
    assertThat(full.writeTimeMillis).isEqualTo(1_234_567_890_000L);
    assertThat(full.expiresAtMillis).isEqualTo(Long.MAX_VALUE);
    Noting plain = read(table, 2);
    assertThat(plain.attributes).isNull();
    assertThat(plain.writeTimeMillis).isGreaterThan(1_234_567_890_000L);
    assertThat(read(table, 3).attributes).isEqualTo(ATTRIBUTES);
  }

  @Test
  void theyAreKept_whenTheRecordMoves_andAfterACrash() throws IOException {
    SimDisk disk = new SimDisk(1);
    StillStore store = StillStore.open(disk);
    Table table = store.table();
    try (PendingWrite write =
        table.preparePut(
            hash(table, 1), key(1), 2, VALUE, 3, LONG_AGO, Long.MAX_VALUE, ATTRIBUTES)) {
      assertThat(write.commit()).isPositive();
    }
    try (PendingWrite write =
        table.preparePut(hash(table, 2), key(2), 2, VALUE, 3, Long.MAX_VALUE)) {
      assertThat(write.commit()).isPositive();
    }
    try (PendingBatch batch = table.batch()) {
      batch.put(hash(table, 3), key(3), 2, VALUE, 3, Long.MAX_VALUE, ATTRIBUTES);
      batch.prepare();
      assertThat(batch.commit()).isPositive();
    }
    check(table);
    seal(store);
    assertThat(evacuate(table, allPages(table)).moved()).isEqualTo(3);
    check(table);
    store.engine().flush();
    try (StillStore again = StillStore.open(disk.crash(CrashKind.POWER))) {
      check(again.table());
    }
  }
}
