// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Turns what the platform throws into the vocabulary of this package. */
final class IoErrors {
  private static final List<String> FULL =
      List.of("No space left on device", "There is not enough space", "Disk quota exceeded");

  private IoErrors() {}

  /**
   * Returns the exception to throw for a failed call on a file: a {@link DiskFullIoException} for a
   * full disk, otherwise one whose message names the file.
   */
  static IOException named(String file, IOException failure) {
    if (failure instanceof DiskFullIoException
        || failure instanceof LockHeldException
        || failure instanceof EOFException) {
      return failure;
    }
    String message = String.valueOf(failure.getMessage());
    if (FULL.stream().anyMatch(message::contains)) {
      return new DiskFullIoException(file + ": the disk is full (" + message + ")", failure);
    }
    if (failure instanceof FileSystemException || message.startsWith(file)) {
      return failure;
    }
    return new IOException(file + ": " + message, failure);
  }

  /** Returns a failure of any kind as one of this package's vocabulary. */
  static IOException translated(Throwable failure) {
    if (failure instanceof IOException io) {
      return io;
    }
    if (failure instanceof UncheckedIOException unchecked && unchecked.getCause() != null) {
      return unchecked.getCause();
    }
    return new IOException("a disk operation failed: " + failure, failure);
  }

  /** Returns an I/O failure to be thrown; anything unchecked is thrown from here. */
  static IOException rethrown(@Nullable Throwable failure) {
    if (failure instanceof RuntimeException runtime) {
      throw runtime;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof IOException io ? io : new IOException(failure);
  }
}
