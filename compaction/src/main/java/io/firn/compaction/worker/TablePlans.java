// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.Table;
import io.firn.compaction.SegmentInfo;
import io.firn.compaction.plan.AutoPlanner;
import io.firn.compaction.plan.PlannedJob;
import io.firn.compaction.plan.RoomOffer;
import io.firn.compaction.plan.StoreFacts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What each table could do now, with what is remembered of it. For one thread. */
final class TablePlans {
  private final StoreSpace space;
  private final RoomView room;
  private final JobQueue queue;
  private final Map<Integer, TableCare> cares = new HashMap<>();

  TablePlans(StoreSpace space, RoomView room, JobQueue queue) {
    this.space = space;
    this.room = room;
    this.queue = queue;
  }

  /** Returns what is remembered of a table. */
  TableCare care(int tableId) {
    return cares.computeIfAbsent(tableId, ignored -> new TableCare(space.time().nanoTime()));
  }

  /** Forgets the tables that are gone. */
  void forgetDropped() {
    cares.keySet().removeIf(id -> space.table(id) == null);
  }

  /** Tells whether a table may have one job more beside those that run. */
  boolean mayRun(int tableId, int running) {
    return running < care(tableId).config().maxConcurrentJobs();
  }

  /** Returns the files of a table that no job has to itself. */
  List<SegmentInfo> unreserved(Table table) {
    return TableView.segments(space, table).stream()
        .filter(each -> !queue.isReserved(table.id(), each.number()))
        .toList();
  }

  /**
   * Returns what is worth doing to a table, but for room that others could make as well.
   *
   * @param idle whether nobody writes to the store
   * @param changes of the store so far
   */
  Optional<PlannedJob> next(Table table, boolean idle, long changes, long now) {
    TableCare care = care(table.id());
    StoreFacts facts = care.facts(room.of(table, idle && !care.isSettled(changes)));
    if (care.backsOff(now) && facts.lackingBytes() <= 0) {
      return Optional.empty();
    }
    Optional<PlannedJob> job =
        plan(table, care, facts)
            .filter(each -> !AutoPlanner.makesRoom(each.priority()) || room.lacksOwn(table));
    boolean urgent = job.isPresent() && AutoPlanner.isUrgent(job.get().priority());
    boolean mayWait = !urgent && facts.lackingBytes() <= 0;
    return mayWait && care.config().backgroundEnabled() && care.surveys(now)
        ? survey(table).or(() -> job)
        : job;
  }

  private Optional<PlannedJob> survey(Table table) {
    Set<Integer> unsurveyed = Set.copyOf(space.unsurveyed(table));
    return unsurveyed.isEmpty()
        ? Optional.empty()
        : AutoPlanner.survey(
            unreserved(table).stream().filter(each -> unsurveyed.contains(each.number())).toList());
  }

  /**
   * Returns what a table could do for room.
   *
   * @param writersWait whether writers have found none
   */
  Optional<PlannedJob> room(Table table, boolean writersWait) {
    TableCare care = care(table.id());
    StoreFacts seen = room.of(table, false);
    return plan(table, care, care.facts(writersWait ? seen.withoutRoom() : seen))
        .filter(job -> AutoPlanner.makesRoom(job.priority()));
  }

  private Optional<PlannedJob> plan(Table table, TableCare care, StoreFacts facts) {
    return care.config().backgroundEnabled()
        ? AutoPlanner.plan(unreserved(table), facts, care.config(), table.space().segmentBytes())
        : Optional.empty();
  }

  /** Returns a job of a table as one of several that could make the room that the store lacks. */
  RoomOffer offer(Table table, PlannedJob job, long now) {
    return new RoomOffer(
        table.id(), table.space().fileBytes(), care(table.id()).backsOff(now), job);
  }
}
