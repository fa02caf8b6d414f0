// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.run;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.io.IOException;
import java.io.Reader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * Named values that one phase writes to a file and the tour reads when the phase has ended. Not
 * thread-safe.
 */
public final class Facts {
  private final Properties values = new Properties();

  /** Sets a number. */
  @CanIgnoreReturnValue
  public Facts set(String name, long value) {
    return set(name, Long.toString(value));
  }

  /** Sets a text. */
  @CanIgnoreReturnValue
  public Facts set(String name, String value) {
    values.setProperty(name, value);
    return this;
  }

  /**
   * Returns a number.
   *
   * @throws IllegalArgumentException if it was not set or is not a number
   */
  public long number(String name) {
    String text = text(name);
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(name + " is not a number: " + text, e);
    }
  }

  /**
   * Returns a text.
   *
   * @throws IllegalArgumentException if it was not set
   */
  public String text(String name) {
    String value = values.getProperty(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "no value for " + name + ", only for " + values.stringPropertyNames());
    }
    return value;
  }

  /** Writes all values to {@code file}, replacing what it held. */
  public void save(Path file) throws IOException {
    try (Writer writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      values.store(writer, null);
    }
  }

  /** Reads the values that {@link #save} wrote. */
  public static Facts load(Path file) throws IOException {
    Facts facts = new Facts();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      facts.values.load(reader);
    }
    return facts;
  }
}
