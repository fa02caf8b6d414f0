// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.FrameReader;
import io.firn.cold.format.FrameType;
import io.firn.cold.format.Frames;
import io.firn.cold.model.Address;

/**
 * What the frame of a tuple does to an entry.
 *
 * @param lsn of the frame
 * @param tableId the table
 * @param hash of the key
 * @param word what the entry becomes; {@link Address#NONE} if it goes
 * @param recordCrc of the record
 * @param source where the record's bytes are, if there is one
 */
record RedoChange(long lsn, int tableId, long hash, long word, int recordCrc, Source source) {
  /** Where the bytes of a record are when a frame refers to it. */
  enum Source {
    /** In their segment, if they arrived there. */
    PAGE,
    /** In their segment: they were forced before the frame was appended. */
    FORCED_PAGE,
    /** In the frame. */
    FRAME
  }

  /** Copies the change out of a frame of a tuple or a carried record. */
  static RedoChange of(long lsn, FrameReader frame) {
    boolean removal = frame.type() == FrameType.TUPLE_DELETE;
    return new RedoChange(
        lsn,
        frame.tableId(),
        frame.hash(),
        removal ? Address.NONE : frame.word(),
        removal ? 0 : frame.recordCrc(),
        source(frame));
  }

  private static Source source(FrameReader frame) {
    boolean carried = frame.type() == FrameType.PAGE_DELTA || frame.type() == FrameType.PAGE_IMAGE;
    boolean forced = (frame.flags() & Frames.FORCED_BEFORE) != 0;
    return carried ? Source.FRAME : forced ? Source.FORCED_PAGE : Source.PAGE;
  }

  /** Tells whether the frame carries its record. */
  boolean isCarried() {
    return source == Source.FRAME;
  }

  /**
   * Tells whether the frame counts above a mark only if the record's bytes verify; otherwise it is
   * enough that its segment is there.
   */
  boolean needsBytes() {
    return source == Source.PAGE;
  }

  /** Tells whether the frame counts only if something else is there. */
  boolean isDoubtful(long markLsn) {
    return word != Address.NONE && lsn >= markLsn;
  }
}
