// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.dump;

import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.FrameReader;
import io.firn.cold.format.FrameType;
import io.firn.cold.format.Frames;
import io.firn.cold.format.LogSegmentHeader;
import io.firn.cold.model.UnsupportedVersionException;
import java.io.IOException;

/** A log segment as text. For one thread. */
final class LogView {
  private final Lines lines;
  private final FrameReader frame = new FrameReader();

  LogView(Lines lines) {
    this.lines = lines;
  }

  /**
   * Shows a segment.
   *
   * @param name names it
   * @param bytes its content
   * @param frames whether to show each frame, not only how many there are
   * @param hex whether to show the bytes of each frame too
   */
  void show(String name, byte[] bytes, boolean frames, boolean hex) throws IOException {
    LogSegmentHeader header;
    try {
      header = LogSegmentHeader.decode(bytes, name);
    } catch (CorruptBytesException | UnsupportedVersionException e) {
      lines.line(name + ": " + bytes.length + " bytes, no header: " + e.getMessage());
      if (hex) {
        lines.hex(bytes, 0, bytes.length, 0);
      }
      return;
    }
    Walk walk = new Walk(header, bytes);
    lines.line(
        name
            + ": "
            + bytes.length
            + " bytes, segment "
            + header.sequence()
            + (frames ? ", salt " + Lines.hex(header.salt(), 16) : walk.summary())
            + (header.previousEndLsn() == header.baseLsn()
                ? ""
                : ", history before it to LSN " + header.previousEndLsn()));
    if (frames) {
      walk.show(hex);
    }
  }

  /** One pass over a segment's frames. */
  private final class Walk {
    private final LogSegmentHeader header;
    private final byte[] bytes;
    private int at = LogSegmentHeader.BYTES;

    Walk(LogSegmentHeader header, byte[] bytes) {
      this.header = header;
      this.bytes = bytes;
    }

    private boolean verifies(int place) {
      return place + Frames.HEADER_BYTES <= bytes.length
          && frame.wrap(bytes, place, bytes.length - place, header.salt(), lsn(place))
              == FrameReader.Verdict.OK;
    }

    private long lsn(int place) {
      return header.baseLsn() + place - LogSegmentHeader.BYTES;
    }

    /** Moves on to the next place with a frame; false if there is none. */
    private boolean skip() {
      for (int place = at + Frames.ALIGNMENT; place < bytes.length; place += Frames.ALIGNMENT) {
        if (verifies(place)) {
          at = place;
          return true;
        }
      }
      return false;
    }

    String summary() {
      long count = 0;
      long gaps = 0;
      while (true) {
        if (verifies(at)) {
          count++;
          at += frame.alignedLength();
          if (frame.type() == FrameType.SEGMENT_END) {
            break;
          }
        } else if (skip()) {
          gaps++;
        } else {
          break;
        }
      }
      return ", LSN "
          + header.baseLsn()
          + " to "
          + lsn(at)
          + ", "
          + count
          + " frames"
          + (gaps == 0 ? "" : ", GAPS: " + gaps);
    }

    void show(boolean hex) throws IOException {
      while (!lines.isFull()) {
        if (verifies(at)) {
          lines.line(String.format("%12d  %s", lsn(at), FrameText.of(frame)));
          if (hex) {
            lines.hex(bytes, at, at + frame.length(), at);
          }
          at += frame.alignedLength();
          if (frame.type() == FrameType.SEGMENT_END) {
            return;
          }
          continue;
        }
        int from = at;
        boolean more = skip();
        lines.line(
            String.format(
                "%12d  %s",
                lsn(from), more ? "DAMAGED: no frame up to LSN " + lsn(at) : "no frame: the end"));
        if (hex && more) {
          lines.hex(bytes, from, at, from);
        }
        if (!more) {
          return;
        }
      }
    }
  }
}
