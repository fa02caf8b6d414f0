// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.compaction.CompactionEvent;

/** Hears of jobs on the scheduler's thread, which it must not block. */
interface JobListener {
  /** Something happened to a job. */
  void onEvent(CompactionEvent event);

  /** A job ended; the last that is heard of it. */
  void onEnd(JobEnd end);
}
