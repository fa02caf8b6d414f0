// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

import org.jspecify.annotations.Nullable;

/**
 * The root of everything Firn throws at its callers. Unchecked; each subclass stands for one thing
 * a caller could do something about. {@link java.io.IOException} stays inside the engine and
 * arrives here as the cause.
 */
public class FirnException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception; {@code message} names the resource and the offending values. */
  public FirnException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
