// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

import org.jspecify.annotations.Nullable;

/** The platform does not offer what was asked for; a portable alternative exists and is named. */
public final class UnsupportedHereException extends FirnException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception; {@code message} says what, expected, actual and where. */
  public UnsupportedHereException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
