// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.PageLayout;
import io.firn.cold.format.RecordReader;
import io.firn.cold.model.Address;
import io.firn.cold.segment.Segment;
import org.jspecify.annotations.Nullable;

/** The buffers of one read, and what was read into them. For one thread. */
final class ReadScratch {
  /**
   * One of so many reads is counted, as so many. A prime, so that a caller whose reads come in
   * rounds of a fixed length is not met at the same place of each.
   */
  static final int READS_PER_SAMPLE = 61;

  private static final int KEPT_BYTES = 1 << 20;

  final RecordReader record = new RecordReader();
  byte[] buffer = new byte[4096];
  int length;
  long word;
  private @Nullable Segment segment;
  private int readsUntilSample = READS_PER_SAMPLE;

  void prepare(Segment from, long address) {
    segment = from;
    word = address;
    length = from.readBytes(address);
    if (buffer.length < length) {
      buffer = new byte[Math.max(length, Math.min(2 * buffer.length, KEPT_BYTES))];
    }
  }

  boolean verify(int tableId, PageLayout layout) {
    Segment from = segment;
    int logical = Address.boundBytes(word);
    if (from == null || length < logical) {
      return false;
    }
    if (length > logical) {
      layout.join(buffer, logical, Address.offset(word));
    }
    return record.wrap(buffer, 0, logical, tableId, from.lsnBase(), from.timeBaseMillis())
        == RecordReader.Verdict.OK;
  }

  /** Counts a read of the record for a caller. */
  void countRead() {
    Segment from = segment;
    if (--readsUntilSample <= 0 && from != null) {
      readsUntilSample = READS_PER_SAMPLE;
      from.addReads(READS_PER_SAMPLE);
    }
  }

  void shrink() {
    if (buffer.length > KEPT_BYTES) {
      buffer = new byte[4096];
    }
    segment = null;
  }
}
