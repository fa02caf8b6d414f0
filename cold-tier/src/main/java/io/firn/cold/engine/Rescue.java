// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Step;
import io.firn.cold.index.Partition;
import io.firn.cold.model.Address;
import io.firn.cold.segment.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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

  private record Entry(long hash, long word) {}

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

  /** Copies what is in danger. */
  void copy() throws IOException {
    Table table = table();
    if (table == null) {
      return;
    }
    for (Partition partition : table.index().partitions()) {
      for (Entry entry : entriesIn(partition)) {
        rescue(table, entry);
      }
    }
  }

  private @Nullable Table table() {
    return segment.isDropped() ? null : engine.table(segment.tableId());
  }

  private List<Entry> entriesIn(Partition partition) {
    List<Entry> entries = new ArrayList<>();
    partition.lock();
    try {
      if (partition.isLoaded() && !partition.isRetired()) {
        partition.forEach(
            (hash, word) -> {
              if (Address.segment(word) == segment.number()) {
                entries.add(new Entry(hash, word));
              }
            });
      }
    } finally {
      partition.unlock();
    }
    return entries;
  }

  private void rescue(Table table, Entry entry) throws IOException {
    Table.ReadScratch scratch = engine.readScratch().take();
    try {
      boolean intact = read(table, entry.word, scratch);
      if (intact && scratch.record.lsn() < forcedLsn) {
        return;
      }
      engine.threads().step(Step.READ);
      move(table, entry, scratch, intact);
    } finally {
      scratch.shrink();
      engine.readScratch().give(scratch);
    }
  }

  private boolean read(Table table, long word, Table.ReadScratch scratch) throws IOException {
    int ticket = engine.epochs().enter();
    try {
      scratch.prepare(segment, word);
      segment.read(Address.offset(word), scratch.buffer, scratch.length);
    } catch (IOException e) {
      if (patient) {
        throw e;
      }
      return false;
    } finally {
      engine.epochs().leave(ticket);
    }
    return scratch.verify(table.id(), table.space().layout());
  }

  /** Moves a record, or removes an entry whose record is lost, unless the entry has changed. */
  private void move(Table table, Entry entry, Table.ReadScratch scratch, boolean intact) {
    PendingWrite write = engine.writeScratch().take();
    try {
      if (intact) {
        write.prepareCopy(table, entry.hash, entry.word, scratch.buffer, scratch.record);
      } else {
        write.prepareRemoveOf(table, entry.hash, entry.word);
      }
      if (write.commit() != 0 && !intact) {
        table.counters().damaged.increment();
        engine.damaged(table, entry.word);
      }
    } finally {
      write.close();
    }
  }
}
