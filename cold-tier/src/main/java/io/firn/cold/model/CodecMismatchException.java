// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

import org.jspecify.annotations.Nullable;

/**
 * A cache holds keys or values of another format than that of the codec it was to be opened with.
 * It was not opened, and nothing in it was changed: open it with a codec of the former format, or
 * drop it first.
 */
public final class CodecMismatchException extends FirnException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception; {@code message} says what, expected, actual and where. */
  public CodecMismatchException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
