// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.model.Address;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Space that was claimed for one record in an extent: where its bytes go, and what its address will
 * be. Reused by its owner for one record after another; not thread-safe.
 */
public final class Claim {
  private @Nullable Extent extent;
  private long offset;
  private int length;
  private long word;

  void set(Extent extent, long offset, int length) {
    this.extent = extent;
    this.offset = offset;
    this.length = length;
    this.word = Address.of(extent.segment().number(), offset, length);
  }

  /** Returns the segment. */
  public Segment segment() {
    return extent().segment();
  }

  /** Returns the length to which the record is padded, in bytes. */
  public int length() {
    return length;
  }

  /** Returns the address word of the record. */
  public long word() {
    return word;
  }

  /** Tells whether the record takes whole pages and nothing else. */
  public boolean fillsPages() {
    return extent().fillsPages(offset, length);
  }

  /** Copies bytes of the record in, from {@code from} to the record's end. */
  public void put(byte[] record, int from, int to) throws IOException {
    extent().put(offset, record, from, to);
  }

  /** Ends the claim: its bytes are complete. */
  public void finish() {
    extent().finishClaim();
    extent = null;
  }

  /** Ends the claim of a record that never becomes current: a filler takes its place. */
  public void abandon() {
    Extent from = extent();
    from.fill(offset, length);
    from.segment().debit(word);
    finish();
  }

  /** Tells whether the claim is under way. */
  public boolean isOpen() {
    return extent != null;
  }

  private Extent extent() {
    Extent open = extent;
    if (open == null) {
      throw new IllegalStateException("no claim is under way");
    }
    return open;
  }
}
