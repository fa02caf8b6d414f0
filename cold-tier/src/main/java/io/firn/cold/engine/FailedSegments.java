// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.segment.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;

/**
 * The data files of which a force has failed and whose records are not safe elsewhere yet. While
 * there is one, nothing becomes durable. Thread-safe.
 */
final class FailedSegments {
  private final Set<Segment> segments = new CopyOnWriteArraySet<>();

  /** A force of a file failed: it is never forced again. */
  void add(Segment segment) {
    segments.add(segment);
    segment.fail();
  }

  /** All that the file held and that was not durable is elsewhere, or gone. */
  void remove(Segment segment) {
    segments.remove(segment);
  }

  boolean isEmpty() {
    return segments.isEmpty();
  }

  List<Segment> list() {
    return new ArrayList<>(segments);
  }
}
