// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import io.firn.cold.engine.EngineStats;
import io.firn.cold.engine.RecoveryReport;
import io.firn.cold.io.AsyncIoStats;
import io.firn.cold.model.StoreHealth;
import java.util.List;

/**
 * What a store uses and did since it was opened.
 *
 * @param health how well it works, why and since when
 * @param engine bytes by kind, and counters
 * @param recovery what opening found
 * @param io latency and throughput of the I/O workers
 * @param quarantine the latest damaged records, in words; bounded
 */
public record StoreStats(
    StoreHealth health,
    EngineStats engine,
    RecoveryReport recovery,
    AsyncIoStats io,
    List<String> quarantine) {
  /** Copies the list. */
  public StoreStats {
    quarantine = List.copyOf(quarantine);
  }
}
