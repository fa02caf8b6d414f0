// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

import org.jspecify.annotations.Nullable;

/** The store was written by a newer version of Firn than this one. */
public final class UnsupportedVersionException extends FirnException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception; {@code message} says what, expected, actual and where. */
  public UnsupportedVersionException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
