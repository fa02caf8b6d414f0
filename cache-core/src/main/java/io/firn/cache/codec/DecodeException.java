// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import io.firn.cold.model.FirnException;

/** Stored bytes are no value of the codec that reads them. A cache turns it into a counted miss. */
public final class DecodeException extends FirnException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception; {@code message} says what was expected and what was found. */
  public DecodeException(String message) {
    super(message, null);
  }
}
