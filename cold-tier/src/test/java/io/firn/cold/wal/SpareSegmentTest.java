// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.wal;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.agent.SystemThreads;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.io.DiskLedger;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.testkit.ManualTime;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A log on a disk that has no block left. */
final class SpareSegmentTest {
  private static final int SEGMENT_BYTES = 16 << 10;
  private static final int FRAMES = 5_000;

  private final FrameWriter frame = new FrameWriter();

  private void append(Log log, int n) {
    long unusedLsn = log.append(frame, frame.delete(1, n, 0));
  }

  @Test
  void aDiskThatFillsUpInTheFirstSegment_takesFramesForEver() throws IOException {
    SimDisk disk = new SimDisk(3);
    AtomicLong salts = new AtomicLong(5);
    Log log =
        new Log(
            new LogShape(SEGMENT_BYTES, 4 * SEGMENT_BYTES, SEGMENT_BYTES),
            disk,
            new DiskLedger(1L << 30),
            new SystemThreads("spare-test"),
            new ManualTime(),
            salts::incrementAndGet,
            null);
    log.start(LogHistory.FIRST_LSN, LogHistory.FIRST_LSN, 1, List.of());
    log.ensureSpare();
    disk.quotaBytes(disk.allocatedBytes());
    int shortened = 0;
    for (int n = 0; n < FRAMES; n++) {
      try {
        append(log, n);
      } catch (DiskFullException e) {
        shortened++;
        log.force(log.end());
        log.retire(log.end());
        assertThat(log.hasSpare()).isTrue();
        append(log, n);
      }
    }
    assertThat(shortened).isGreaterThan(5);
    assertThat(log.end()).isGreaterThan(5L * SEGMENT_BYTES);
    assertThat(log.diskBytes()).isLessThanOrEqualTo(2L * SEGMENT_BYTES);
    log.close(true);
  }
}
