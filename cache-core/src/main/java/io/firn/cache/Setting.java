// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One option of a builder: named, checked where it is given, given at most once. */
final class Setting<T> {
  private final String name;
  private @Nullable T value;

  Setting(String name) {
    this.name = name;
  }

  /**
   * Takes the value.
   *
   * @throws NullPointerException if {@code given} is null
   * @throws IllegalStateException if the option was already set
   */
  void set(T given) {
    requireNonNull(given, name);
    if (value != null) {
      throw new IllegalStateException(
          name + " was already set to " + value + ", must be set once; then came " + given);
    }
    value = given;
  }

  String name() {
    return name;
  }

  boolean isSet() {
    return value != null;
  }

  T orElse(T otherwise) {
    return value == null ? otherwise : value;
  }

  @Nullable T orNull() {
    return value;
  }

  /** Checks that the option may be used beside {@code other}, which says the same another way. */
  void refuseBeside(Setting<?> other) {
    if (other.value != null) {
      throw new IllegalStateException(
          name + " cannot be used together with " + other.name + ", which is " + other.value);
    }
  }

  static void requireRange(String name, long value, long minimum, long maximum) {
    if (value < minimum || value > maximum) {
      throw new IllegalArgumentException(
          name + " is " + value + ", must be " + minimum + " to " + maximum);
    }
  }

  static void requireRange(String name, Duration value, Duration minimum, Duration maximum) {
    if (value.compareTo(minimum) < 0 || value.compareTo(maximum) > 0) {
      throw new IllegalArgumentException(
          name + " is " + value + ", must be " + minimum + " to " + maximum);
    }
  }
}
