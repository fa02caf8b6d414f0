// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import java.util.Map;
import java.util.Objects;

/**
 * A snapshot of what the I/O workers have done. Immutable.
 *
 * @param operations one entry for every kind
 * @param queued operations that wait for a worker now
 * @param workers how many threads there are; 0 if operations run on their callers' threads
 */
public record AsyncIoStats(Map<DiskOperation, OperationStats> operations, int queued, int workers) {
  /** Copies the map. */
  public AsyncIoStats {

    operations = Map.copyOf(operations);
  }

  /** Returns the figures of one kind. */
  public OperationStats of(DiskOperation kind) {
    return Objects.requireNonNull(operations.get(kind), kind::name);
  }
}
