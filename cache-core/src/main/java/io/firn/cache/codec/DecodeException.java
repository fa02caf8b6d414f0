// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import io.firn.cold.model.FirnException;
import org.jspecify.annotations.Nullable;

/** Stored bytes are no value of the codec that reads them. A cache turns it into a counted miss. */
public final class DecodeException extends FirnException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception; {@code message} says what was expected and what was found. */
  public DecodeException(String message) {
    super(message, null);
  }

  /** Creates an exception with what a library said about the bytes. */
  public DecodeException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
