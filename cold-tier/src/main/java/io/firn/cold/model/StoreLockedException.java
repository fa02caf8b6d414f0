// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

import org.jspecify.annotations.Nullable;

/**
 * The store's directory is in use by another process or another instance in this one; the message
 * names it.
 */
public final class StoreLockedException extends FirnException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception; {@code message} says what, expected, actual and where. */
  public StoreLockedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
