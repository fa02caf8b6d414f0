// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

/** When acknowledged operations are forced to the device. */
public enum FlushMode {
  /** Only for checkpoints and releases. */
  NONE,
  /** At an interval, or after so many bytes. */
  ASYNC,
  /**
   * Before the operation returns. One force of the log is enough: frames carry their records, and
   * what is too large for that is forced before its frame.
   */
  SYNC
}
