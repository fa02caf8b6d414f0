// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

/** The simulated process ended here. An error without a stack trace, so that nobody handles it. */
public final class SimCrash extends Error {
  private static final long serialVersionUID = 1L;

  SimCrash() {
    super("the simulated process has crashed", null, false, false);
  }
}
