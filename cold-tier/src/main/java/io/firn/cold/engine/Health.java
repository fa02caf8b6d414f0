// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.model.Loggers;
import io.firn.cold.model.StoreHealth;
import io.firn.cold.model.StoreState;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/** The state of a store as others see it; a line in the log at each change. Thread-safe. */
final class Health {
  private static final Logger LOG = Loggers.of(Health.class);

  private final String store;
  private final LongSupplier wallMillis;
  private volatile StoreHealth now;

  Health(String store, LongSupplier wallMillis) {
    this.store = store;
    this.wallMillis = wallMillis;
    this.now = new StoreHealth(StoreState.OK, "", wallMillis.getAsLong());
  }

  StoreHealth now() {
    return now;
  }

  /** Notes a state, unless it is the present one, or the present one is the last. */
  void report(StoreState state, String reason) {
    StoreHealth before = now;
    if (before.state() == state || before.state() == StoreState.FAILED) {
      return;
    }
    // Of two reports at the same moment one stands; the healer looks again and corrects it.
    now = new StoreHealth(state, reason, wallMillis.getAsLong());
    if (state == StoreState.OK) {
      LOG.info("the store in {} works again; it was {}", store, before.state());
    } else {
      LOG.warn("the store in {} is {}: {}", store, state, reason);
    }
  }
}
