// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.engine.Evacuator;
import io.firn.cold.engine.HeldSegment;
import io.firn.cold.engine.RecordFilter;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.SweepResult;
import io.firn.cold.engine.Table;
import io.firn.cold.segment.PageRun;
import io.firn.cold.segment.Segment;
import io.firn.compaction.JobKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Empties segments, those first that need not be read as all in them has expired, then one after
 * another and waits until their files are gone. In a full store it waits before each for the room
 * that the last one leaves. Nothing is destroyed before its copy is durable, so giving up at any
 * moment is the whole rollback.
 */
final class SegmentsRun extends JobRun {
  private final Evacuator evacuator;
  private final RecordFilter keep;
  private boolean swept;
  private int next;
  private @Nullable HeldSegment held;
  private @Nullable Segment segment;
  private int page;
  private int left;

  /** Where the next segment is taken up again, until it is held. */
  private int firstPage;

  /** Pages before the one at which the segment was taken up: others may have filled them since. */
  private int refilled;

  /** Whether these pages are walked through, which is the last of the segment. */
  private boolean again;

  /** A segment that is emptied in one slice. */
  private record Whole(Segment segment, HeldSegment held) {}

  SegmentsRun(StoreSpace space, Table table, Job job, RecordFilter keep) {
    super(space, table, job);
    this.evacuator = new Evacuator(table);
    this.keep = keep;
    JobRest rest = job.rest();
    if (rest != null) {
      next = rest.next();
      firstPage = rest.page();
      swept = rest.swept();
      left = rest.left();
    }
  }

  @Override
  long slice(long maximumBytes) {
    if (job.kind() == JobKind.EXPIRY && !swept) {
      swept = true;
      sweep();
      return 1;
    }
    HeldSegment current = held;
    Segment from = segment;
    if (current == null || from == null) {
      return hold();
    }
    int pageBytes = table.space().layout().pageBytes();
    int end = again ? refilled : from.pages();
    int pages = (int) Math.max(1, Math.min(end - (long) page, maximumBytes / pageBytes));
    long bytes = (long) pages * pageBytes;
    List<PageRun> runs = new ArrayList<>(current.runs(page, pages));
    page += pages;
    List<Whole> others =
        page < end || refilled > 0 ? List.of() : others(from, maximumBytes - bytes);
    try {
      others.forEach(each -> runs.addAll(each.held.runs(0, each.segment.pages())));
      var result = evacuator.evacuateHeld(runs, keep, move -> {});
      count(result);
      left += result.left() + result.pagesLeft();
    } finally {
      others.forEach(each -> each.held.close());
    }
    doneBytes += again ? 0 : bytes;
    trafficBytes += bytes;
    if (page >= end) {
      passed(from);
    }
    for (Whole each : others) {
      bytes += each.segment.capacity();
      doneBytes += each.segment.capacity();
      trafficBytes += each.segment.capacity();
      emptied(each.segment);
      segmentDone();
    }
    return bytes;
  }

  /**
   * Holds the next segments that a slice has room for as a whole: one force covers all its copies.
   */
  private List<Whole> others(Segment from, long mostBytes) {
    List<Whole> others = new ArrayList<>();
    long bytes = 0;
    long live = from.liveCharge();
    while (next < job.segments().size()) {
      Segment found = table.space().find(job.segments().get(next));
      bytes += found == null ? 0 : found.capacity();
      if (found == null || found.liveCharge() == 0 || bytes > mostBytes || lacksRoom(found, live)) {
        break;
      }
      live += found.liveCharge();
      others.add(new Whole(found, evacuator.hold(found.number())));
      next++;
    }
    return others;
  }

  /** What was filled while the job had given way is walked through once, so that this ends. */
  private void passed(Segment from) {
    again = !again && refilled > 0 && from.liveCharge() > 0;
    if (again) {
      page = 0;
      return;
    }
    letGo();
    segmentDone();
  }

  /** What is swept is not read, so its bytes are done when they do not live any more. */
  private void sweep() {
    long before = liveBytes();
    SweepResult result =
        evacuator.sweepExpired(
            Set.copyOf(job.segments()),
            count -> {
              doneBytes = before - liveBytes();
              records = count;
              removed = count;
              wentOn();
            });
    doneBytes = before - liveBytes();
    records = result.removed();
    removed = result.removed();
  }

  private long liveBytes() {
    long sum = 0;
    for (int number : job.segments()) {
      Segment each = table.space().find(number);
      sum += each == null ? 0 : each.liveCharge();
    }
    return sum;
  }

  private long hold() {
    if (next == job.segments().size()) {
      space.wakeRelease();
      return 0;
    }
    int number = job.segments().get(next);
    Segment found = table.space().find(number);
    if (found != null && lacksRoom(found, 0) && isReleasing()) {
      space.wakeRelease();
      return 0;
    }
    next++;
    int takenUp = firstPage;
    firstPage = 0;
    if (found != null && found.liveCharge() > 0) {
      segment = found;
      held = evacuator.hold(number);
      page = Math.min(takenUp, found.pages() - 1);
      refilled = page;
      again = false;
    } else {
      trafficBytes += found == null ? 0 : StoreSpace.fileBytes(found);
      doneBytes += swept ? 0 : table.space().segmentBytes(); // nothing lives in it any more
      segmentDone();
    }
    return 1;
  }

  /** What is evicted needs no room; free pages of the segment itself are none while it is held. */
  private boolean lacksRoom(Segment from, long besides) {
    long room = space.copyBytes(table) - StoreSpace.reusableBytes(table, from);
    return keep.staysWithoutRoom() && room < besides + from.liveCharge();
  }

  /** Tells whether a segment is emptied whose file is not gone yet. */
  private boolean isReleasing() {
    List<Integer> emptied = job.segments().subList(0, next);
    return remaining().stream().anyMatch(each -> emptied.contains(each) && !stays(each));
  }

  private void letGo() {
    HeldSegment last = held;
    Segment from = segment;
    if (from != null) {
      emptied(from);
    }
    held = null;
    segment = null;
    if (last != null) {
      last.close();
    }
  }

  private void emptied(Segment from) {
    trafficBytes += from.liveCharge() == 0 ? StoreSpace.fileBytes(from) : 0;
  }

  @Override
  boolean isDone() {
    return next == job.segments().size()
        && held == null
        && remaining().stream().allMatch(this::stays);
  }

  /**
   * A segment stays if not all could be moved, or if a writer began to fill it before it was held.
   */
  private boolean stays(int number) {
    Segment found = table.space().find(number);
    return found != null && (found.liveCharge() > 0 || table.space().pageStates(found).anyOpen());
  }

  @Override
  List<Integer> ahead() {
    return job.segments().subList(held == null ? next : next - 1, job.segments().size());
  }

  @Override
  JobRest rest() {
    boolean midway = held != null && !again;
    return rest(midway ? next - 1 : next, midway ? page : firstPage, swept, left);
  }

  @Override
  String shortfall() {
    return left == 0
        ? ""
        : left + " records or pages of segments " + remaining() + " without room or unread";
  }

  @Override
  void abandon() {
    letGo();
  }
}
