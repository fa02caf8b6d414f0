// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

/** The phases that run in a JVM of their own. */
enum Phase {
  /** Stores the input. */
  LOAD("load"),
  /** Reads every key once and then, more often, some of them; checks every value. */
  READ_BACK("read back"),
  /** Reads every key once, so that no hit can be hot; checks every value. */
  RESTART("restart"),
  /** Compares the store with the journals of the writer that was killed. */
  KILL_CHECK("check"),
  /** Like the restart, after all kills. */
  AFTER_KILLS("after kills");

  private final String title;

  Phase(String title) {
    this.title = title;
  }

  String title() {
    return title;
  }
}
