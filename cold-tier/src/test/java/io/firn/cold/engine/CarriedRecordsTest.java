// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.engine.RedoChange.Source;
import io.firn.cold.model.Address;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class CarriedRecordsTest {
  private static final long WORD = Address.of(1, 4096, 100);

  private final CarriedRecords records = new CarriedRecords();

  private static RedoChange change(long lsn, int table, long hash, Source source) {
    return new RedoChange(lsn, table, hash, WORD, 0, source);
  }

  @Test
  void theLastFrameOfAKey_isTheOnlyOneThatCounts() {
    assertThat(records.any()).isFalse();
    records.set(change(64, 1, 7, Source.PAGE));
    assertThat(records.any()).isFalse();
    RedoChange first = change(128, 1, 7, Source.FRAME);
    RedoChange second = change(256, 1, 7, Source.FRAME);
    records.set(first);
    assertThat(records.any()).isTrue();
    assertThat(records.isLast(first)).isTrue();
    records.set(second);
    assertThat(records.isLast(first)).isFalse();
    assertThat(records.isLast(second)).isTrue();
  }

  @Test
  void aFrameThatCarriesNothing_takesTheKeyAway() {
    RedoChange carried = change(128, 1, 7, Source.FRAME);
    for (Source other : new Source[] {Source.PAGE, Source.FORCED_PAGE}) {
      records.set(carried);
      records.set(change(256, 1, 7, other));
      assertThat(records.isLast(carried)).isFalse();
    }
    records.set(carried);
    records.set(change(256, 1, 8, Source.PAGE));
    records.set(change(256, 2, 7, Source.PAGE));
    assertThat(records.isLast(carried)).isTrue();
    assertThat(records.isLast(change(128, 2, 7, Source.FRAME))).isFalse();
  }

  @Test
  void manyKeys_behaveLikeAMap() {
    SplittableRandom random = new SplittableRandom(5);
    Map<Long, Long> model = new HashMap<>();
    for (long lsn = 64; lsn < 64 + 8 * 50_000; lsn += 8) {
      long hash = random.nextInt(8_000) * (random.nextBoolean() ? 1L : 0x9E3779B97F4A7C15L);
      boolean carried = random.nextInt(4) != 0;
      records.set(change(lsn, 1, hash, carried ? Source.FRAME : Source.PAGE));
      model.put(hash, carried ? lsn : -1L);
    }
    model.forEach(
        (hash, lsn) -> {
          assertThat(records.isLast(change(Math.abs(lsn), 1, hash, Source.FRAME)))
              .isEqualTo(lsn > 0);
        });
  }
}
