// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.engine.VerifyReport.Finding;
import io.firn.cold.engine.VerifyReport.Kind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects what the parts of a verification count and find. For one thread. */
final class Findings {
  long manifests;
  long snapshots;
  long frames;
  long segments;
  long pages;
  long records;
  long entries;
  long tornSpares;

  private final Engine engine;
  private final Map<Kind, Long> counts = new EnumMap<>(Kind.class);
  private final List<Finding> first = new ArrayList<>();

  Findings(Engine engine) {
    this.engine = engine;
  }

  /**
   * Adds a finding.
   *
   * @throws io.firn.cold.model.StoreClosedException if the store was closed, which alone may be why
   */
  void add(Kind kind, String where, String expected, String actual) {
    engine.checkOpen();
    long unused = counts.merge(kind, 1L, Long::sum);
    if (first.size() < VerifyReport.MAXIMUM_FINDINGS) {
      first.add(new Finding(kind, where, expected, actual));
    }
  }

  VerifyReport report() {
    return new VerifyReport(
        manifests, snapshots, frames, segments, pages, records, entries, tornSpares, counts, first);
  }
}
