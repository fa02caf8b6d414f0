// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import java.io.IOException;

/** The store's lock is held by somebody else. */
public final class LockHeldException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String holder;

  /** Creates an exception; {@code holder} is what the holder wrote about itself, maybe empty. */
  public LockHeldException(String path, String holder) {
    super(path + " is locked by " + (holder.isEmpty() ? "an unknown holder" : holder));
    this.holder = holder;
  }

  /** Returns what the holder wrote about itself, maybe empty. */
  public String holder() {
    return holder;
  }
}
