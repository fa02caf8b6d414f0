// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

/** The settings of a table, remembered with it; so far there are none to choose. Immutable. */
public final class TableOptions {
  private static final TableOptions DEFAULTS = new TableOptions();

  private TableOptions() {}

  /** Returns the defaults. */
  public static TableOptions defaults() {
    return DEFAULTS;
  }
}
