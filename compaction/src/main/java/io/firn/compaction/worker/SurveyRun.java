// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.engine.Evacuator;
import io.firn.cold.engine.ExpirySurvey;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.Table;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads one segment after another to see when its records expire. */
final class SurveyRun extends JobRun {
  private final Evacuator evacuator;
  private @Nullable ExpirySurvey survey;
  private int next;

  SurveyRun(StoreSpace space, Table table, Job job) {
    super(space, table, job);
    this.evacuator = new Evacuator(table);
    JobRest rest = job.rest();
    next = rest == null ? 0 : rest.next();
  }

  @Override
  long slice(long maximumBytes) {
    ExpirySurvey current = survey;
    if (current == null) {
      current = evacuator.survey(job.segments().get(next));
      next++;
      survey = current;
      if (current != null && current.isDone()) {
        abandon(); // nothing to read, or others hold some of it
      }
      return 1;
    }
    int pageBytes = table.space().layout().pageBytes();
    long bytes = (long) current.read((int) Math.max(1, maximumBytes / pageBytes)) * pageBytes;
    doneBytes += bytes;
    trafficBytes += bytes;
    if (current.isDone()) {
      abandon();
      segmentDone();
    }
    return Math.max(1, bytes);
  }

  @Override
  boolean isDone() {
    return next == job.segments().size() && survey == null;
  }

  @Override
  List<Integer> ahead() {
    return job.segments().subList(survey == null ? next : next - 1, job.segments().size());
  }

  @Override
  JobRest rest() {
    return rest(next, 0, true, 0); // it gives way between segments
  }

  /** What was read of a segment is of use only with the rest of it. */
  @Override
  boolean canRest() {
    return survey == null;
  }

  @Override
  String shortfall() {
    return "";
  }

  @Override
  void abandon() {
    ExpirySurvey last = survey;
    survey = null;
    if (last != null) {
      last.close();
    }
  }
}
