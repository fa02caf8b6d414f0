// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

import org.jspecify.annotations.Nullable;

/** The disk, or the configured maximum, has no room for the write; nothing was stored. */
public final class DiskFullException extends FirnException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception; {@code message} says what, expected, actual and where. */
  public DiskFullException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
