// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.Octets;
import io.firn.cold.format.TableFormats;
import io.firn.cold.model.CodecMismatchException;
import io.firn.cold.model.CorruptStoreException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * What the data of a table depends on; remembered with the table and compared whenever it is
 * opened. Immutable.
 *
 * @param keyFormat names how keys are encoded; empty if unknown
 * @param valueFormat names how values are encoded; empty if unknown
 */
public record TableOptions(String keyFormat, String valueFormat) {
  /** The longest name of a format, in chars. */
  public static final int MAXIMUM_FORMAT_CHARS = 1024;

  private static final TableOptions DEFAULTS = new TableOptions("", "");

  /**
   * Checks the names.
   *
   * @throws IllegalArgumentException if one has more than {@link #MAXIMUM_FORMAT_CHARS}, or holds
   *     an unpaired surrogate
   */
  public TableOptions {
    checkFormat("keyFormat", keyFormat);
    checkFormat("valueFormat", valueFormat);
  }

  private static void checkFormat(String what, String format) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(format)) {
      throw new IllegalArgumentException(what + " holds an unpaired surrogate: '" + format + "'");
    }
    if (format.length() > MAXIMUM_FORMAT_CHARS) {
      throw new IllegalArgumentException(
          what
              + " has "
              + format.length()
              + " chars, must have at most "
              + MAXIMUM_FORMAT_CHARS
              + ": '"
              + format.substring(0, MAXIMUM_FORMAT_CHARS)
              + "…'");
    }
  }

  /** Returns the defaults: both formats unknown, so that nothing is compared. */
  public static TableOptions defaults() {
    return DEFAULTS;
  }

  /**
   * Compares these options with those that a table has.
   *
   * @param stored none for a table that is new, or was made without
   * @return what the table has from now on: its own, and where those are unknown, these
   * @throws CodecMismatchException if both know a format and it is not the same
   * @throws CorruptStoreException if {@code stored} are no options
   * @throws io.firn.cold.model.UnsupportedVersionException if a newer version wrote them
   */
  Octets joined(String table, Octets stored) {
    TableFormats before;
    try {
      before = TableFormats.decode(stored, "options of cache '" + table + "'");
    } catch (CorruptBytesException e) {
      throw new CorruptStoreException(String.valueOf(e.getMessage()), e);
    }
    List<String> differences = new ArrayList<>();
    compare("keys", before.keys(), keyFormat, differences);
    compare("values", before.values(), valueFormat, differences);
    if (!differences.isEmpty()) {
      throw new CodecMismatchException(
          "cache '"
              + table
              + "' was not opened: "
              + String.join(" and ", differences)
              + "; use the former codec, or drop the cache to start it empty",
          null);
    }
    return new TableFormats(known(before.keys(), keyFormat), known(before.values(), valueFormat))
        .encode();
  }

  private static void compare(String what, String stored, String given, List<String> differences) {
    if (!stored.isEmpty() && !given.isEmpty() && !stored.equals(given)) {
      differences.add(
          "its "
              + what
              + " are stored as '"
              + stored
              + "', the codec given is for '"
              + given
              + "'");
    }
  }

  private static String known(String stored, String given) {
    return stored.isEmpty() ? given : stored;
  }
}
