// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

import org.jspecify.annotations.Nullable;

/** A write waited longer than its timeout for log or page space; nothing was stored. */
public final class WriteTimeoutException extends FirnException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception; {@code message} says what, expected, actual and where. */
  public WriteTimeoutException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
