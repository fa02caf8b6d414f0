// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.dump;

import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.FrameReader;
import io.firn.cold.format.Frames;
import io.firn.cold.format.LogFrame;
import io.firn.cold.model.Address;
import java.time.Instant;

/** Log frames as text. Stateless. */
final class FrameText {
  private static final int MOVES_SHOWN = 8;

  private FrameText() {}

  /** Returns the frame that a reader stands at as one line. */
  static String of(FrameReader frame) {
    StringBuilder text = new StringBuilder(frame.type().name());
    text.append(" ".repeat(Math.max(1, 17 - text.length())));
    if (frame.tableId() != 0) {
      text.append("table ").append(frame.tableId()).append(' ');
    }
    text.append(payload(frame));
    if ((frame.flags() & Frames.FORCED_BEFORE) != 0) {
      text.append(", forced before");
    }
    if (frame.isInBatch()) {
      text.append(", batch ").append(frame.batchId());
    }
    return text.toString().stripTrailing();
  }

  private static String payload(FrameReader frame) {
    return switch (frame.type()) {
      case TUPLE_INSERT, TUPLE_UPDATE, PAGE_DELTA, PAGE_IMAGE ->
          hash(frame.hash())
              + " "
              + Address.describe(frame.word())
              + ", record of "
              + frame.recordLength()
              + " bytes, crc "
              + Lines.hex(frame.recordCrc() & 0xFFFFFFFFL, 8);
      case TUPLE_DELETE -> hash(frame.hash());
      case RELOCATE -> moves(frame);
      case TOUCH -> frame.count() + " deadlines";
      default -> rare(frame);
    };
  }

  private static String hash(long hash) {
    return "hash " + Lines.hex(hash, 16);
  }

  private static String moves(FrameReader frame) {
    StringBuilder text = new StringBuilder().append(frame.count()).append(" moves");
    for (int i = 0; i < Math.min(MOVES_SHOWN, frame.count()); i++) {
      text.append(i == 0 ? ": " : "; ")
          .append(hash(frame.moveHash(i)))
          .append(" from ")
          .append(Address.describe(frame.moveFrom(i)))
          .append(" to ")
          .append(Address.describe(frame.moveTo(i)));
    }
    return frame.count() > MOVES_SHOWN ? text.append("; ...").toString() : text.toString();
  }

  private static String rare(FrameReader frame) {
    LogFrame decoded;
    try {
      decoded = LogFrame.decode(frame, "payload");
    } catch (CorruptBytesException e) {
      return "does not decode: " + e.getMessage();
    }
    if (decoded instanceof LogFrame.TableCreate create) {
      return Lines.quoted(create.name()) + ", " + create.options().length() + " bytes of options";
    } else if (decoded instanceof LogFrame.SegmentCreate create) {
      return segment(create);
    } else if (decoded instanceof LogFrame.SegmentState state) {
      return "segment "
          + state.segment()
          + " pages "
          + pages(state.firstPage(), state.pages())
          + " "
          + state.state();
    } else if (decoded instanceof LogFrame.SegmentDrop drop) {
      return "segment " + drop.segment();
    }
    return rarer(decoded);
  }

  private static String segment(LogFrame.SegmentCreate create) {
    return "segment "
        + create.segment()
        + " of "
        + create.capacity()
        + " bytes, stream class "
        + create.streamClass()
        + ", bases LSN "
        + create.lsnBase()
        + " and "
        + time(create.timeBaseMillis());
  }

  private static String rarer(LogFrame decoded) {
    if (decoded instanceof LogFrame.Durable mark) {
      return "up to LSN " + mark.lsn() + " at " + time(mark.wallMillis());
    } else if (decoded instanceof LogFrame.BatchCommit commit) {
      return "batch "
          + commit.batchId()
          + " of "
          + commit.count()
          + " frames from LSN "
          + commit.firstLsn();
    } else if (decoded instanceof LogFrame.JobState job) {
      return "job " + job.jobId() + " kind " + job.kind() + ", " + job.state().length() + " bytes";
    } else if (decoded instanceof LogFrame.CheckpointBegin begin) {
      return "checkpoint " + begin.number();
    } else if (decoded instanceof LogFrame.CheckpointEnd end) {
      return "checkpoint "
          + end.number()
          + ": "
          + end.partitions().size()
          + " partitions, "
          + end.openBatches().size()
          + " open batches, "
          + end.dirtyFiles().size()
          + " dirty files";
    } else if (decoded instanceof LogFrame.Pad pad) {
      return pad.length() + " bytes";
    }
    return "";
  }

  static String pages(int first, int count) {
    return first + " to " + (first + count - 1);
  }

  /** Returns a wall time as text; a number if it is none that a calendar has. */
  static String time(long millis) {
    return millis == Long.MAX_VALUE || millis == Long.MIN_VALUE
        ? Long.toString(millis)
        : Instant.ofEpochMilli(millis).toString();
  }
}
