// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import io.firn.cold.model.FirnException;
import io.firn.examples.kill.KillCheck;
import io.firn.examples.kill.KillVerdict;
import io.firn.examples.run.Facts;
import java.io.IOException;
import java.nio.file.Path;

/** The main class of the JVM of one phase: runs it and leaves its results in a file. */
final class PhaseMain {
  private PhaseMain() {}

  /** Takes the work directory, the name of the phase, and the round of the kill or 0. */
  public static void main(String[] arguments) {
    try {
      run(arguments);
    } catch (IOException | FirnException e) {
      System.err.println("  " + Text.failure(e));
      System.exit(1);
    }
  }

  private static void run(String[] arguments) throws IOException {
    TourSite site = TourSite.load(Path.of(arguments[0]));
    Phase phase = Phase.valueOf(arguments[1]);
    int round = Integer.parseInt(arguments[2]);
    Facts facts =
        switch (phase) {
          case LOAD -> LoadPhase.run(site);
          case READ_BACK -> ReadPhase.run(site, phase, totalBytes(site), true);
          case RESTART, AFTER_KILLS -> ReadPhase.run(site, phase, totalBytes(site), false);
          case KILL_CHECK -> check(site, round);
        };
    facts.save(site.result(phase, round));
  }

  private static long totalBytes(TourSite site) throws IOException {
    return Facts.load(site.result(Phase.LOAD, 0)).number("bytes");
  }

  private static Facts check(TourSite site, int round) throws IOException {
    KillCheck.Result result = KillCheck.run(site.killPlan(), round);
    Facts facts =
        new Facts()
            .set("acknowledged", result.acknowledged())
            .set("inDoubt", result.inDoubt())
            .set("openNanos", result.openNanos());
    for (KillVerdict verdict : KillVerdict.values()) {
      facts.set(verdict.name(), result.count(verdict));
    }
    return facts;
  }
}
