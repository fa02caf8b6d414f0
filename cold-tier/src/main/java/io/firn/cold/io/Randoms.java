// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import java.security.SecureRandom;
import java.util.function.LongSupplier;

/** Where seeds, salts and ids come from; tests inject a seeded supplier instead. */
public final class Randoms {
  private Randoms() {}

  /** Returns a source of unpredictable numbers. Thread-safe. */
  public static LongSupplier secure() {
    SecureRandom random = new SecureRandom();
    return random::nextLong;
  }
}
