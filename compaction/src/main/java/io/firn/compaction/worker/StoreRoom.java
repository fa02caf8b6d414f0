// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.Table;
import io.firn.compaction.plan.AutoPlanner;
import io.firn.compaction.plan.RoomOffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Finds who makes the room that the store as a whole lacks. For the thread of the scheduler. */
final class StoreRoom {
  private final StoreSpace space;
  private final RoomView room;
  private final TablePlans plans;
  private final JobQueue queue;
  private final JobLedger ledger;
  private final Crew crew;

  StoreRoom(
      StoreSpace space,
      RoomView room,
      TablePlans plans,
      JobQueue queue,
      JobLedger ledger,
      Crew crew) {
    this.space = space;
    this.room = room;
    this.plans = plans;
    this.queue = queue;
    this.ledger = ledger;
    this.crew = crew;
  }

  /** Tells whether a job of a table waits or works that makes room. */
  boolean isMadeBy(Table table) {
    return Stream.concat(queue.waiting().stream(), ledger.running().stream())
        .anyMatch(job -> job.tableId() == table.id() && isForRoom(job));
  }

  /**
   * Returns the cheapest job that makes room; null if enough is on its way, or none can.
   *
   * @param writersWait whether nothing is left
   */
  @Nullable RoomOffer best(boolean writersWait, long now) {
    List<Job> running =
        ledger.running().stream()
            .filter(job -> helpsStore(job) && (isForRoom(job) || !writersWait))
            .toList();
    if (isWaiting() || (!running.isEmpty() && !crew.hasIdle())) {
      return null;
    }
    // Nothing that lives goes as long as some work may make it needless.
    boolean evicts = running.isEmpty();
    RoomOffer best = RoomOffer.cheapest(offers(writersWait, now), evicts).orElse(null);
    // What only waits has the files to itself that hold most garbage.
    return best != null && giveUpWaiting(job -> !isForRoom(job))
        ? RoomOffer.cheapest(offers(writersWait, now), evicts).orElse(null)
        : best;
  }

  /** Gives up what has not begun, once there is room. */
  void giveUpNeedless() {
    boolean unused = giveUpWaiting(job -> isForRoom(job) && helpsStore(job));
  }

  private boolean isWaiting() {
    return queue.waiting().stream()
        .anyMatch(job -> isForRoom(job) && helpsStore(job) && mayRun(job.tableId()));
  }

  private List<RoomOffer> offers(boolean writersWait, long now) {
    List<RoomOffer> offers = new ArrayList<>();
    for (Table table : space.tables()) {
      if (!isMadeBy(table) && mayRun(table.id())) {
        plans.room(table, writersWait).ifPresent(job -> offers.add(plans.offer(table, job, now)));
      }
    }
    return offers;
  }

  private boolean mayRun(int tableId) {
    return plans.mayRun(tableId, ledger.runningIn(tableId));
  }

  /**
   * Tells whether a job that was planned here gives the store room; some need it for their table.
   */
  private boolean helpsStore(Job job) {
    Table table = space.table(job.tableId());
    return !job.isAsked()
        && table != null
        && !room.lacksOwn(table)
        && (isForRoom(job) || job.savedBytes() >= table.space().segmentBytes());
  }

  /** Gives up some jobs that were planned here and have not begun; tells whether there were any. */
  private boolean giveUpWaiting(Predicate<? super Job> which) {
    boolean any = false;
    for (Job job : queue.waiting()) {
      if (!job.isAsked() && job.rest() == null && which.test(job)) {
        any |= queue.remove(job.id()) != null;
      }
    }
    return any;
  }

  private static boolean isForRoom(Job job) {
    return AutoPlanner.makesRoom(job.priority());
  }
}
