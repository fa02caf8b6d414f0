// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Which of the coming calls fail, and how. Guarded by its disk. */
final class SimFaults {
  private final SplittableRandom random;
  private final List<Planned> planned = new ArrayList<>();
  private final Map<DiskCall, Rate> rates = new EnumMap<>(DiskCall.class);
  private Predicate<String> paths = path -> true;
  private boolean quiet = true;

  SimFaults(SplittableRandom random) {
    this.random = random;
  }

  void only(Predicate<String> paths) {
    this.paths = paths;
  }

  void plan(@Nullable DiskCall call, long calls, boolean lasting, Fault fault) {
    planned.add(new Planned(call, calls, lasting, fault));
    quiet = false;
  }

  void rate(DiskCall call, double chance, Fault fault) {
    rates.put(call, new Rate(chance, fault));
    quiet = false;
  }

  void clear() {
    planned.clear();
    rates.clear();
    quiet = true;
  }

  @Nullable Fault next(DiskCall call, String path) {
    if (quiet || !paths.test(path)) {
      return null;
    }
    Fault fault = null;
    for (Planned plan : planned) {
      if (plan.due(call)) {
        fault = plan.fault;
      }
    }
    planned.removeIf(plan -> plan.remaining <= 0 && !plan.lasting);
    Rate rate = rates.get(call);
    if (fault == null && rate != null && random.nextDouble() < rate.chance) {
      fault = rate.fault;
    }
    return fault;
  }

  private record Rate(double chance, Fault fault) {}

  private static final class Planned {
    final @Nullable DiskCall call;
    final boolean lasting;
    final Fault fault;
    long remaining;

    Planned(@Nullable DiskCall call, long calls, boolean lasting, Fault fault) {
      this.call = call;
      this.lasting = lasting;
      this.fault = fault;
      remaining = calls;
    }

    boolean due(DiskCall other) {
      return (call == null || call == other) && --remaining <= 0;
    }
  }
}
