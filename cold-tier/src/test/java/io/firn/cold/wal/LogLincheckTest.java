// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.wal;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt.forClasses;

import io.firn.cold.agent.Agent;
import io.firn.cold.agent.AgentHandle;
import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.agent.Threads;
import io.firn.cold.format.FrameType;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.io.DiskLedger;
import io.firn.cold.testkit.ManualTime;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every interleaving of appends, also over the end of a segment, and a reader up to the end. */
@Tag("lincheck")
final class LogLincheckTest {
  private static final int SEGMENT_BYTES = 16 << 10;
  private static final int PAD_BYTES = 4_000;

  /** Ordinary locks, and perhaps a broken rule. */
  private record PlainThreads(boolean keepsRules) implements Threads {
    @Override
    public Lock newLock(String name) {
      return new ReentrantLock();
    }

    @Override
    public void step(Step step) {}

    @Override
    public void yieldNow() {
      Thread.onSpinWait();
    }

    @Override
    public AgentHandle start(Agent agent) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean keeps(Rule rule) {
      return keepsRules;
    }
  }

  /** A log whose frames are counted. */
  public abstract static class Shared {
    private final SimDisk disk = new SimDisk(1).tearOdds(Integer.MAX_VALUE);
    private final Log log;

    Shared(boolean keepsRules) {
      AtomicLong salts = new AtomicLong(5);
      log =
          new Log(
              new LogShape(SEGMENT_BYTES, SEGMENT_BYTES, SEGMENT_BYTES / 2),
              disk,
              new DiskLedger(1L << 30),
              new PlainThreads(keepsRules),
              new ManualTime(),
              salts::incrementAndGet,
              null);
      try {
        log.start(LogHistory.FIRST_LSN, LogHistory.FIRST_LSN, 1, List.of());
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }

    /** Appends a frame that counts, behind one that fills a quarter of a segment. */
    @Operation
    public boolean append() {
      FrameWriter frame = new FrameWriter();
      boolean isPadded = log.append(frame, frame.pad(PAD_BYTES)) > 0;
      return isPadded && log.append(frame, frame.delete(1, 2, 0)) > 0;
    }

    /** Returns how many frames count below the end; -1 if not all of them are there. */
    @Operation
    public int read() throws IOException {
      long end = log.end();
      int[] count = new int[1];
      long[] next = {LogHistory.FIRST_LSN};
      LogHistory.open(disk)
          .replay(
              LogHistory.FIRST_LSN,
              end,
              (lsn, frame) -> {
                if (lsn == next[0]) {
                  next[0] = lsn + frame.alignedLength();
                }
                count[0] += frame.type() == FrameType.TUPLE_DELETE ? 1 : 0;
                return true;
              });
      return next[0] < end ? -1 : count[0];
    }
  }

  /** With the protocol as it is. */
  public static final class Checked extends Shared {
    public Checked() {
      super(true);
    }
  }

  /** With a planted bug: the end is moved before the frame is published. */
  public static final class Hasty extends Shared {
    public Hasty() {
      super(false);
    }
  }

  /** What must hold. */
  public static final class Counter {
    private int count;

    public boolean append() {
      count++;
      return true;
    }

    public int read() {
      return count;
    }
  }

  /** The bytes of frames, each call of the disk, and the reading of what is below an end. */
  private static boolean isOneStep(String className) {
    return className.startsWith("io.firn.cold.format.")
        || className.startsWith("io.firn.cold.testkit.")
        || className.startsWith(LogHistory.class.getName());
  }

  private static ModelCheckingOptions options() {
    return new ModelCheckingOptions()
        .threads(2)
        .actorsBefore(1)
        .actorsPerThread(2)
        .actorsAfter(0)
        .iterations(6)
        .invocationsPerIteration(400)
        .minimizeFailedScenario(false)
        .addGuarantee(forClasses(LogLincheckTest::isOneStep).allMethods().ignore())
        .sequentialSpecification(Counter.class);
  }

  @Test
  void everyReader_findsAllFramesBelowTheEnd() {
    options().check(Checked.class);
  }

  @Test
  void anEndThatIsAheadOfItsFrames_isFound() {
    assertThatThrownBy(() -> options().check(Hasty.class))
        .isInstanceOf(LincheckAssertionError.class);
  }
}
