// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The file system has no room. */
public final class DiskFullIoException extends IOException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception that names the file. */
  public DiskFullIoException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
