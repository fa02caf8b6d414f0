// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.RecordReader;
import io.firn.cold.model.Address;
import io.firn.cold.segment.Segment;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;

/** Compares what frames say of records with the bytes in their segments. For one thread. */
final class StoredRecords {
  private final RecordReader record = new RecordReader();
  private byte[] buffer = new byte[4096];

  /**
   * Tells whether the record of a frame is there. A file that cannot be read says nothing about
   * that, so opening fails rather than forget what was acknowledged. What is there is written once
   * more, so that the next force covers it whatever became of the last one.
   */
  boolean verify(Table table, long word, int crc, long lsn) throws IOException {
    Segment segment = table.space().find(Address.segment(word));
    if (segment == null) {
      return false;
    }
    int physical = segment.readBytes(word);
    int logical = Address.boundBytes(word);
    if (physical < logical) {
      return false;
    }
    if (buffer.length < physical) {
      buffer = new byte[physical];
    }
    try {
      segment.read(Address.offset(word), buffer, physical);
    } catch (EOFException e) {
      return false;
    }
    byte[] found = Arrays.copyOf(buffer, physical);
    table.space().layout().join(buffer, logical, Address.offset(word));
    boolean there =
        record.wrap(buffer, 0, logical, table.id(), segment.lsnBase(), segment.timeBaseMillis())
                == RecordReader.Verdict.OK
            && record.crc() == crc
            && record.lsn() == lsn;
    if (there) {
      segment.writeAgain(Address.offset(word), found);
    }
    return there;
  }
}
