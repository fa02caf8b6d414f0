// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.kill;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.examples.run.WorkDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills a process that writes from four threads, over and over on the same store, and compares the
 * store with what had been acknowledged. {@code firn.kill.rounds} says how often, {@code
 * firn.kill.seed} repeats the choices of an earlier run.
 */
final class SigkillLoopTest {
  /** Nothing compacts the store, so it is given up before values would be shed for want of disk. */
  private static final long GIVE_UP_BYTES = 200L << 20;

  private static final int MAXIMUM_OPERATIONS = 60_000;
  private static final int MAXIMUM_DELAY_MILLIS = 1_500;
  private static final int EARLY_PERCENT = 25;

  @TempDir Path directory;

  @Test
  @Tag("sigkill")
  void killLosesNothingAcknowledged() throws Exception {
    loop();
  }

  @Test
  @Tag("sigkill-long")
  void manyKillsLoseNothingAcknowledged() throws Exception {
    loop();
  }

  private void loop() throws IOException, InterruptedException {
    int rounds = Integer.getInteger("firn.kill.rounds", 3);
    long seed = Long.getLong("firn.kill.seed", new SplittableRandom().nextInt(1_000_000));
    System.out.println("SIGKILL loop: " + rounds + " rounds, -Dfirn.kill.seed=" + seed);
    SplittableRandom random = new SplittableRandom(seed);
    KillPlan plan = plan(0, seed);
    long acknowledged = 0;
    for (int round = 1; round <= rounds; round++) {
      if (WorkDirectory.bytesBelow(plan.store()) > GIVE_UP_BYTES) {
        WorkDirectory.deleteAll(plan.store());
        WorkDirectory.deleteAll(plan.control());
        plan = plan(round, seed);
      }
      kill(plan, round, random);
      KillCheck.Result result = KillCheck.run(plan, round);
      assertThat(result.isClean())
          .as("round %d of %d, -Dfirn.kill.seed=%d: %s", round, rounds, seed, result)
          .isTrue();
      acknowledged += result.acknowledged();
    }
    assertThat(acknowledged).as("acknowledged operations").isPositive();
    System.out.println("SIGKILL loop: " + acknowledged + " acknowledged operations, none lost");
  }

  /** Most kills come while the threads write; some while the child starts or recovers the store. */
  private static void kill(KillPlan plan, int round, SplittableRandom random)
      throws IOException, InterruptedException {
    boolean isEarly = round > 1 && random.nextInt(100) < EARLY_PERCENT;
    if (isEarly) {
      Duration delay = Duration.ofMillis(random.nextInt(MAXIMUM_DELAY_MILLIS));
      KillRound.killAfterDelay(plan, round, delay);
    } else {
      KillRound.killAfterOperations(plan, round, 1 + random.nextInt(MAXIMUM_OPERATIONS));
    }
  }

  private KillPlan plan(int number, long seed) {
    return new KillPlan(
        directory.resolve("store-" + number), directory.resolve("control-" + number), seed);
  }
}
