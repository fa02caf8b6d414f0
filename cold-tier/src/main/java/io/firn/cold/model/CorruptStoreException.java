// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

import org.jspecify.annotations.Nullable;

/** Bytes on disk contradict the format, and the settings say that this shall fail. */
public final class CorruptStoreException extends FirnException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception; {@code message} says what, expected, actual and where. */
  public CorruptStoreException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
