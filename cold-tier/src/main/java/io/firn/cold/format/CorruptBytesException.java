// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.io.IOException;

/** Bytes contradict the format. It stays inside the engine, which decides what the damage costs. */
public final class CorruptBytesException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String resource;
  private final long offset;

  /**
   * Creates an exception.
   *
   * @param resource the file, or the part of it, whose bytes were decoded
   * @param offset bytes from the start of what was decoded
   * @param problem what is wrong there: expected and actual
   */
  public CorruptBytesException(String resource, long offset, String problem) {
    super(resource + " at offset " + offset + ": " + problem);
    this.resource = resource;
    this.offset = offset;
  }

  /** Returns the file, or the part of it, whose bytes were decoded. */
  public String resource() {
    return resource;
  }

  /** Returns where the problem stands, in bytes from the start of what was decoded. */
  public long offset() {
    return offset;
  }
}
