// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.format.Frames;
import io.firn.cold.index.Partition;
import io.firn.cold.model.Address;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes entries point to the copies of their records, or removes them, partition by partition: one
 * frame for the moves of a partition, unless that would be too long. Whatever no longer holds the
 * old address lost to a newer version. For one thread, once.
 */
final class EntrySwing {
  private static final int MOST_MOVES = 512;
  private static final int MOVES_AT = Frames.HEADER_BYTES + Integer.BYTES;
  private static final int MOVE_BYTES = 3 * Long.BYTES;
  private static final int DELETE_BYTES = Frames.HEADER_BYTES + Long.BYTES;

  private final Table table;
  private final Engine engine;
  private final List<RecordChange> changes;
  private final boolean keepsVisits;
  private final FrameWriter frame = new FrameWriter();
  private final List<RecordMove> moves = new ArrayList<>();
  private final Map<RecordChange.Kind, Integer> applied = new EnumMap<>(RecordChange.Kind.class);
  private final long[] items = new long[3 * MOST_MOVES];
  private int done;
  private int lost;
  private int reserved;

  EntrySwing(Table table, List<RecordChange> changes, boolean keepsVisits) {
    this.keepsVisits = keepsVisits;
    this.table = table;
    this.engine = table.engine();
    this.changes = changes;
  }

  /** Returns the moves that were made. */
  List<RecordMove> moves() {
    return moves;
  }

  /** Returns how many changes of a kind were made. */
  int applied(RecordChange.Kind kind) {
    return applied.getOrDefault(kind, 0);
  }

  /** Returns how many moves were not made because the entry had changed. */
  int lost() {
    return lost;
  }

  /**
   * Makes all changes.
   *
   * @throws io.firn.cold.model.DiskFullException if the log has no room; some changes may be made
   * @throws io.firn.cold.model.StoreIoException if the log cannot be written
   */
  void run() {
    changes.sort(Comparator.comparing(RecordChange::hash, Long::compareUnsigned));
    int most =
        Math.min(
            MOST_MOVES, (engine.options().log().maximumFrameBytes() / 2 - MOVES_AT) / MOVE_BYTES);
    while (done < changes.size()) {
      done += swing(changes.subList(done, Math.min(changes.size(), done + most)));
    }
  }

  /** Takes the charges of the copies back to which no entry was made to point. */
  void abandonRest() {
    for (; done < changes.size(); done++) {
      abandon(changes.get(done));
    }
  }

  private void abandon(RecordChange change) {
    if (change.isMove()) {
      lost++;
      table.space().debit(change.to());
    }
  }

  /** Makes the first of these changes, those of one partition; returns how many those are. */
  private int swing(List<RecordChange> next) {
    int bytes = bytesFor(next);
    engine.relief().reserveLog(bytes);
    reserved = bytes;
    engine.threads().step(Step.RESERVED);
    List<RecordChange> made = new ArrayList<>();
    int count = 0;
    try {
      Partition partition = table.index().lock(next.get(0).hash());
      try {
        while (count < next.size() && partition.owns(next.get(count).hash())) {
          count++;
        }
        change(partition, next.subList(0, count), made);
      } finally {
        partition.unlock();
      }
    } finally {
      engine.log().unreserve(reserved);
      made.forEach(this::settle);
      engine.threads().step(Step.DEBITED);
    }
    Set<RecordChange> kept = new HashSet<>(made);
    next.subList(0, count).stream().filter(each -> !kept.contains(each)).forEach(this::abandon);
    return count;
  }

  private static int bytesFor(List<RecordChange> some) {
    int moves = (int) some.stream().filter(RecordChange::isMove).count();
    return (some.size() - moves) * DELETE_BYTES + moveBytes(moves);
  }

  private static int moveBytes(int moves) {
    return moves == 0 ? 0 : Frames.align8(MOVES_AT + moves * MOVE_BYTES);
  }

  private void change(Partition partition, List<RecordChange> some, List<RecordChange> made) {
    List<RecordChange> current = new ArrayList<>();
    for (RecordChange each : some) {
      if (!isFound(partition, each)) {
        continue;
      }
      if (each.isMove()) {
        current.add(each);
      } else {
        remove(partition, each.hash());
        made.add(each);
      }
    }
    if (!current.isEmpty()) {
      move(partition, current);
      made.addAll(current);
    }
  }

  private boolean isFound(Partition partition, RecordChange change) {
    return Address.withoutVisits(partition.get(change.hash())) == change.from()
        || (!change.isMove() && !engine.threads().keeps(Rule.REMOVE_WHAT_WAS_FOUND));
  }

  private void remove(Partition partition, long hash) {
    if (engine.threads().keeps(Rule.LOG_REMOVALS)) {
      append(frame.delete(table.id(), hash, 0));
    }
    long unusedWord = partition.remove(hash);
    engine.stamps().bump(table.id(), hash);
    engine.threads().step(Step.ENTRY_SET);
  }

  private void move(Partition partition, List<RecordChange> current) {
    int at = 0;
    for (RecordChange each : current) {
      items[at++] = each.hash();
      items[at++] = each.from();
      items[at++] = each.to();
    }
    append(frame.relocate(table.id(), items, current.size()));
    if (!engine.threads().keeps(Rule.SWING_UNDER_LOCK)) {
      partition.unlock();
      engine.threads().step(Step.ENTRY_SET);
      partition.lock();
    }
    for (RecordChange each : current) {
      long visits = keepsVisits ? Address.visits(partition.get(each.hash())) : 0;
      long unusedWord = partition.put(each.hash(), each.to() | visits);
    }
    engine.threads().step(Step.ENTRY_SET);
  }

  private void append(int length) {
    int aligned = Frames.align8(length);
    reserved -= aligned;
    long lsn = engine.log().begin(aligned);
    try {
      engine.log().publish(frame, length, lsn);
    } finally {
      engine.log().endAppend();
    }
  }

  private void settle(RecordChange change) {
    table.space().debit(change.from());
    applied.merge(change.kind(), 1, Integer::sum);
    if (change.isMove()) {
      table.counters().moves.increment();
      table.counters().movedBytes.add(change.bytes());
      moves.add(
          new RecordMove(table.id(), change.hash(), change.from(), change.to(), change.bytes()));
    } else if (change.kind() == RecordChange.Kind.DAMAGED) {
      engine.damaged(table, change.from());
    }
  }
}
