// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.engine.Evacuator;
import io.firn.cold.engine.RecordFilter;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.Table;
import io.firn.cold.segment.PageRun;
import java.util.ArrayList;
import java.util.List;

/** Empties single pages, wherever they are, so that they can be filled again. */
final class PagesRun extends JobRun {
  private final Evacuator evacuator;
  private final long pageBytes;
  private int next;
  private int left;

  PagesRun(StoreSpace space, Table table, Job job) {
    super(space, table, job);
    this.evacuator = new Evacuator(table);
    this.pageBytes = table.space().layout().pageBytes();
  }

  @Override
  long slice(long maximumBytes) {
    List<PageRun> some = new ArrayList<>();
    long bytes = 0;
    while (next < job.pages().size() && (some.isEmpty() || bytes < maximumBytes)) {
      PageRun run = job.pages().get(next++);
      some.add(run);
      bytes += run.pages() * pageBytes;
    }
    var result = evacuator.evacuate(some, RecordFilter.KEEP_ALL, move -> {});
    count(result);
    left += result.left() + result.pagesLeft();
    doneBytes += bytes;
    return bytes;
  }

  @Override
  boolean isDone() {
    return next == job.pages().size();
  }

  @Override
  String shortfall() {
    return left == 0 ? "" : left + " records or pages without room or unread";
  }

  @Override
  void abandon() {
    next = job.pages().size();
  }
}
