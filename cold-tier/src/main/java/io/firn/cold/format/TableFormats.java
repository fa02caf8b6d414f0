// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.util.List;

/**
 * The options of a table as bytes: the names of the formats in which its keys and its values are
 * encoded. No bytes at all are the options of a table whose formats are both unknown.
 *
 * @param keys of the keys; empty if unknown
 * @param values of the values; empty if unknown
 */
public record TableFormats(String keys, String values) {
  /** Of a table of whose data nothing is known. */
  public static final TableFormats UNKNOWN = new TableFormats("", "");

  private static final int VERSION = 1;

  static final List<Field> LAYOUT =
      List.of(
          new Field("version", 0, 1, "u8 = " + VERSION),
          new Field("keyFormatLength", 1, 2, "u16: bytes"),
          new Field("keyFormat", 3, Field.VARIABLE, "UTF-8, empty = unknown"),
          Field.following("valueFormatLength", 2, "u16: bytes"),
          Field.following("valueFormat", Field.VARIABLE, "UTF-8, empty = unknown"));

  /**
   * Returns the bytes.
   *
   * @throws IllegalArgumentException if a name has more than 65,535 bytes in UTF-8
   */
  public Octets encode() {
    return equals(UNKNOWN)
        ? Octets.EMPTY
        : Octets.of(new ByteSink(0).u8(VERSION).text(keys).text(values).toArray());
  }

  /**
   * Reads the bytes.
   *
   * @param resource names the table in messages
   * @throws CorruptBytesException if they are no options
   * @throws io.firn.cold.model.UnsupportedVersionException if a newer version wrote them
   */
  public static TableFormats decode(Octets options, String resource) throws CorruptBytesException {
    if (options.length() == 0) {
      return UNKNOWN;
    }
    ByteSource source = new ByteSource(options.toArray(), 0, options.length(), resource);
    Headers.checkVersion(source.u8(), VERSION, 0, resource);
    TableFormats formats = new TableFormats(source.text(), source.text());
    source.expectEnd();
    return formats;
  }
}
