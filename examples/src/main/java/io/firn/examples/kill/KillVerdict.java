// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.kill;

/** What a check says about one key of the reopened store. Every key gets exactly one. */
public enum KillVerdict {
  /** The value of the last acknowledged put, or of a put that was running when the kill came. */
  FOUND(true),
  /** No value, as the last acknowledged operation was a remove, or one was running, or none was. */
  GONE(true),
  /** No value although a put was acknowledged and not removed since. */
  LOST(false),
  /** The value of a put that a later acknowledged put had replaced. */
  OLDER(false),
  /** A value although the key had been removed. */
  RESURRECTED(false),
  /** A value that is not intact, belongs to another key, or was never put or not acknowledged. */
  WRONG(false);

  private final boolean isAllowed;

  KillVerdict(boolean isAllowed) {
    this.isAllowed = isAllowed;
  }

  /** Returns whether the promises of Firn allow it. */
  public boolean isAllowed() {
    return isAllowed;
  }
}
