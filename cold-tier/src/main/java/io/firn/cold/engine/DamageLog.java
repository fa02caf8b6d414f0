// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.model.Address;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.LinkedBlockingDeque;
import java.util.concurrent.atomic.AtomicLong;

/** The latest damaged records, bounded, and how many there were. Thread-safe. */
final class DamageLog {
  private static final int KEPT = 256;

  private final AtomicLong count = new AtomicLong();
  private final Deque<String> latest = new LinkedBlockingDeque<>(KEPT);

  void add(String table, long word) {
    count.incrementAndGet();
    String words = table + ": " + Address.describe(word);
    while (!latest.offerLast(words)) {
      String ignored = latest.pollFirst();
    }
  }

  long count() {
    return count.get();
  }

  List<String> latest() {
    return new ArrayList<>(latest);
  }
}
