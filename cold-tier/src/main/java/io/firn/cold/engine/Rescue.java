// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Step;
import io.firn.cold.model.Address;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.segment.Segment;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Brings the records of a data file into safety of which a force has failed. What the last force of
 * data covers and stays where it is; what is above is read back, from the mapping or the page
 * cache, verified, and written again elsewhere like a put of the same version. For one thread.
 */
final class Rescue {
  private final Engine engine;
  private final Segment segment;
  private final boolean patient;
  private final long forcedLsn;

  /**
   * Creates the rescue of one file.
   *
   * @param patient whether a record that cannot be read is left for another attempt
   */
  Rescue(Engine engine, Segment segment, boolean patient) {
    this.engine = engine;
    this.segment = segment;
    this.patient = patient;
    this.forcedLsn = engine.forcer().forcedLsn();
  }

  /**
   * Makes sure that nothing is written into the file any more; tells whether nothing can follow.
   */
  boolean retire() throws IOException {
    Table table = table();
    return table == null || table.worker().retire(segment);
  }

  /**
   * Copies what is in danger.
   *
   * @throws StoreIoException if a record could not be read that is left for another attempt
   */
  void copy() {
    Table table = table();
    if (table == null) {
      return;
    }
    try {
      // Not partition by partition of a list: what is written meanwhile splits them.
      IndexScan.scan(
          engine,
          table,
          (hash, word) -> {
            if (Address.segment(word) == segment.number()) {
              rescue(table, hash, word);
            }
          });
    } catch (IllegalStateException e) {
      if (!table.isDropped()) {
        throw e;
      }
    }
  }

  private @Nullable Table table() {
    return segment.isDropped() ? null : engine.table(segment.tableId());
  }

  private void rescue(Table table, long hash, long word) {
    ReadScratch scratch = engine.readScratch().take();
    try {
      boolean intact = read(table, word, scratch);
      if (intact && scratch.record.lsn() < forcedLsn) {
        return;
      }
      engine.threads().step(Step.READ);
      move(table, hash, word, scratch, intact);
    } finally {
      scratch.shrink();
      engine.readScratch().give(scratch);
    }
  }

  private boolean read(Table table, long word, ReadScratch scratch) {
    int ticket = engine.epochs().enter();
    try {
      scratch.prepare(segment, word);
      segment.read(Address.offset(word), scratch.buffer, scratch.length);
    } catch (IOException e) {
      if (patient) {
        throw new StoreIoException("record not read from " + segment.path(), e);
      }
      return false;
    } finally {
      engine.epochs().leave(ticket);
    }
    return scratch.verify(table.id(), table.space().layout());
  }

  /** Moves a record, or removes an entry whose record is lost, unless the entry has changed. */
  private void move(Table table, long hash, long word, ReadScratch scratch, boolean intact) {
    PendingWrite write = engine.writeScratch().take();
    try {
      if (intact) {
        write.prepareCopy(table, hash, word, scratch.buffer, scratch.record);
      } else {
        write.prepareRemoveOf(table, hash, word);
      }
      if (write.commit() != 0 && !intact) {
        table.counters().damaged.increment();
        engine.damaged(table, word);
      }
    } finally {
      write.close();
    }
  }
}
