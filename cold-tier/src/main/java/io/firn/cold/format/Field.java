// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

/**
 * One field of a structure on disk, as {@code docs/storage.md} shows it. The offsets are those that
 * the code of the structure uses.
 *
 * @param name the field's name; "reserved" and "zeros" fields hold 0
 * @param offset bytes from the start of the structure, or {@link #FOLLOWS}
 * @param bytes its size, or {@link #VARIABLE}
 * @param meaning type, unit and range
 */
record Field(String name, int offset, int bytes, String meaning) {
  /** An offset that depends on the fields before it. */
  static final int FOLLOWS = -1;

  /** A size that depends on the content. */
  static final int VARIABLE = -1;

  /** A field of known size behind one of unknown size. */
  static Field following(String name, int bytes, String meaning) {
    return new Field(name, FOLLOWS, bytes, meaning);
  }
}
