// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

/** What a {@code SegmentState} frame says about an extent. The codes are part of the format. */
public enum ExtentState {
  /** A stream fills the extent: recovery seals it. */
  OPEN(1),
  /** Headers and checksums of its pages are written. */
  SEALED(2);

  private final int code;

  ExtentState(int code) {
    this.code = code;
  }

  /** Returns the code on disk. */
  public int code() {
    return code;
  }
}
