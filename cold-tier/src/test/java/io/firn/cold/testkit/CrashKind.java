// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

/** What ends with the simulated process. */
public enum CrashKind {
  /** Only the process: every store so far survives, a copy that was under way is half done. */
  PROCESS,
  /** The machine: of what was not forced, any legal subset of sectors, sizes and names survives. */
  POWER
}
