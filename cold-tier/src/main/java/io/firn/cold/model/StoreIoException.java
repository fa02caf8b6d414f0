// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

import org.jspecify.annotations.Nullable;

/** The operating system refused an operation on the store's files; the cause says which. */
public final class StoreIoException extends FirnException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception; {@code message} says what, expected, actual and where. */
  public StoreIoException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
