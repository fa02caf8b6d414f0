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
 * @param forcedBefore whether the record was forced before the frame was appended
 */
record RedoChange(
    long lsn, int tableId, long hash, long word, int recordCrc, boolean forcedBefore) {
  /** Copies the change out of a frame that is an insert, an update or a removal. */
  static RedoChange of(long lsn, FrameReader frame) {
    boolean removal = frame.type() == FrameType.TUPLE_DELETE;
    return new RedoChange(
        lsn,
        frame.tableId(),
        frame.hash(),
        removal ? Address.NONE : frame.word(),
        removal ? 0 : frame.recordCrc(),
        (frame.flags() & Frames.FORCED_BEFORE) != 0);
  }

  /** Tells whether the frame counts only if the record's bytes verify. */
  boolean needsBytes(long markLsn) {
    return word != Address.NONE && lsn >= markLsn && !forcedBefore;
  }
}
