// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

/**
 * Where a long-running job stands.
 *
 * @param tableId the table, 0 for the store
 * @param jobId the job
 * @param kind what it does, 0 to 255
 * @param state encoded by the job
 */
public record JobEntry(int tableId, long jobId, int kind, Octets state) {
  /** Bytes of an entry without its state, in a manifest. */
  public static final int HEADER_BYTES = 17;

  /** Returns the bytes of the entry in a manifest. */
  public int bytes() {
    return HEADER_BYTES + state.length();
  }
}
