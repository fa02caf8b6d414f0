// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.engine.VerifyReport.Kind;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.segment.Segment;
import java.io.IOException;

/**
 * Reads a whole store and compares its parts with one another, while it is in use; changes nothing.
 * Reads one page, snapshot or log segment at a time on the caller's thread, and gives way after
 * each. For one thread, once.
 */
final class Verifier {
  private static final int LEDGER_LOOKS = 16;
  private static final int LONGEST_WAIT_YIELDS = 200_000;

  private final Engine engine;
  private final Findings findings;

  Verifier(Engine engine) {
    this.engine = engine;
    this.findings = new Findings(engine);
  }

  VerifyReport run() {
    engine.checkOpen();
    try {
      new ManifestCheck(engine, findings).run();
      new LogCheck(engine, findings).run();
    } catch (IOException e) {
      throw new StoreIoException("the store cannot be verified: " + e.getMessage(), e);
    }
    for (Table table : engine.tables()) {
      if (!table.isDropped()) {
        new TableCheck(engine, table, findings).run();
      }
    }
    checkLedger();
    return findings.report();
  }

  /** Compares the data files of one table with its index. */
  VerifyReport run(Table table) {
    engine.checkOpen();
    if (!table.isDropped()) {
      new TableCheck(engine, table, findings).run();
    }
    return findings.report();
  }

  /**
   * Waits until every writer has left that is inside now; what they replaced is debited then.
   *
   * @return false if one stays inside for long, as a batch may
   */
  static boolean awaitWriters(Engine engine) {
    long stamp = engine.writers().stamp();
    for (int i = 0; i < LONGEST_WAIT_YIELDS && !engine.writers().isPast(stamp); i++) {
      engine.checkOpen();
      boolean unused = engine.writers().advance();
      engine.threads().yieldNow();
    }
    return engine.writers().isPast(stamp);
  }

  /**
   * Compares the ledger with what the parts of the store occupy. Between a reservation and the file
   * that it is for both differ, so only a difference counts that stays the same while all writers
   * and workers that caused one have left.
   */
  private void checkLedger() {
    long difference = 0;
    long occupied = 0;
    for (int look = 0; look < LEDGER_LOOKS; look++) {
      occupied = occupiedBytes();
      long found = engine.ledger().usedBytes() - occupied;
      if (found == 0 || (look > 0 && found != difference) || engine.relief().isDropping()) {
        return;
      }
      difference = found;
      if (!awaitWriters(engine)) {
        return;
      }
    }
    findings.add(Kind.SPACE, "ledger", occupied + " bytes", (occupied + difference) + " bytes");
  }

  private long occupiedBytes() {
    long bytes = engine.manifests().bytes() + engine.log().diskBytes() + engine.archive().bytes();
    for (Table table : engine.tables()) {
      bytes += table.indexFile().usedBytes();
      for (Segment segment : table.space().segments()) {
        bytes += segment.capacity();
      }
    }
    return bytes;
  }
}
