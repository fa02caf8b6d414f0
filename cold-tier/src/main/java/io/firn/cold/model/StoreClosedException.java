// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

import org.jspecify.annotations.Nullable;

/** The store or cache was used after it was closed. */
public final class StoreClosedException extends FirnException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception; {@code message} says what, expected, actual and where. */
  public StoreClosedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
