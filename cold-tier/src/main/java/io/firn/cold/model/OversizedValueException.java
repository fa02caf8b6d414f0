// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

import org.jspecify.annotations.Nullable;

/** A key or value is larger than the configured maximum; nothing was stored. */
public final class OversizedValueException extends FirnException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception; {@code message} says what, expected, actual and where. */
  public OversizedValueException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
