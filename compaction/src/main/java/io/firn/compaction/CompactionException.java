// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import io.firn.cold.model.FirnException;

/** A compaction could not do what it was asked for; nothing was lost. */
public final class CompactionException extends FirnException {
  private static final long serialVersionUID = 1L;

  /** Creates an exception. */
  public CompactionException(String message) {
    super(message, null);
  }
}
