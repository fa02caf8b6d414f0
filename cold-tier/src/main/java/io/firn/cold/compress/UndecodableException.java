// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.compress;

import java.io.IOException;

/** Bytes that are no compressed ones, or cannot be decompressed on this platform. */
public final class UndecodableException extends IOException {
  private static final long serialVersionUID = 1L;

  UndecodableException(String message, Throwable cause) {
    super(message, cause);
  }
}
