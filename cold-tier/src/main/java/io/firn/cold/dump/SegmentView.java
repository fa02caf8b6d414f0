// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.dump;

import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.FillerRecord;
import io.firn.cold.format.PageHeader;
import io.firn.cold.format.PageLayout;
import io.firn.cold.format.RecordReader;
import io.firn.cold.format.RecordWriter;
import io.firn.cold.format.SegmentHeader;
import io.firn.cold.io.DiskFile;
import io.firn.cold.model.UnsupportedVersionException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A data file, or one of its pages, as text. For one thread. */
final class SegmentView {
  private static final int PEEK_BYTES = 16;

  private final Lines lines;
  private final DiskFile file;
  private final SegmentHeader segment;
  private final PageLayout layout;
  private final long size;
  private final RecordReader record = new RecordReader();

  /** Shows the file with what its header says, or what a manifest says if that is damaged. */
  SegmentView(Lines lines, DiskFile file, SegmentHeader segment) throws IOException {
    this.lines = lines;
    this.file = file;
    this.segment = segment;
    this.layout = new PageLayout(segment.pageBytes());
    this.size = file.size();
  }

  /** Shows one line for each page. */
  void showPages() throws IOException {
    long pages = (size + layout.pageBytes() - 1) / layout.pageBytes();
    for (int p = 0; p < pages && !lines.isFull(); p++) {
      byte[] page = read(p);
      PageHeader header = header(page, p, true);
      if (header != null) {
        lines.line("page " + p + ": " + describe(header));
      }
    }
  }

  /** Shows the header and the records of one page, or its bytes. */
  void showPage(int number, boolean hex) throws IOException {
    if (number < 0 || number > size / layout.pageBytes()) {
      lines.line("page " + number + ": the file has " + size + " bytes");
      return;
    }
    byte[] page = read(number);
    PageHeader header = header(page, number, false);
    if (header != null) {
      lines.line("page " + number + ": " + describe(header));
      showRecords(header, page);
    }
    if (hex) {
      lines.hex(page, 0, page.length, (long) number * layout.pageBytes());
    }
  }

  private byte[] read(int number) throws IOException {
    long start = (long) number * layout.pageBytes();
    byte[] page = new byte[(int) Math.max(0, Math.min(layout.pageBytes(), size - start))];
    file.read(start, page, 0, page.length);
    return page;
  }

  /** Returns the page's header; if there is none, says why, unless the page was never used. */
  private @Nullable PageHeader header(byte[] page, int number, boolean quiet) throws IOException {
    int at = (int) (layout.headerOf(number) - (long) number * layout.pageBytes());
    try {
      return PageHeader.read(page, at, layout.pageBytes(), "page " + number);
    } catch (CorruptBytesException | UnsupportedVersionException e) {
      if (!quiet || !isZero(page, at)) {
        lines.line("page " + number + ": not sealed, or damaged: " + e.getMessage());
      }
      return null;
    }
  }

  private static boolean isZero(byte[] page, int from) {
    for (int i = from; i < page.length; i++) {
      if (page[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static String describe(PageHeader header) {
    return header.recordCount()
        + " records, "
        + header.bytesUsed()
        + " bytes used"
        + ((header.flags() & PageHeader.CONTINUED) != 0 ? ", continued" : "")
        + ((header.flags() & PageHeader.SEALED) != 0 ? ", sealed" : "")
        + (header.recordCount() == 0 ? "" : ", first record at " + header.firstRecordOffset());
  }

  private void showRecords(PageHeader header, byte[] page) throws IOException {
    long start = (long) header.pageNumber() * layout.pageBytes();
    long offset = start + header.firstRecordOffset();
    long pageEnd = start + page.length;
    for (int i = 0; i < header.recordCount() && offset < pageEnd && !lines.isFull(); i++) {
      int length = length(offset);
      if (length < FillerRecord.MINIMUM_BYTES || layout.endOf(offset, length) > size) {
        lines.line("  " + offset + ": the record has no end in this file");
        return;
      }
      showRecord(offset, length);
      offset = layout.nextRecordOffset(layout.endOf(offset, length));
    }
  }

  private int length(long offset) throws IOException {
    byte[] head = joined(offset, PEEK_BYTES);
    return RecordReader.peekTotalBytes(head, 0, Math.min(PEEK_BYTES, head.length));
  }

  /** Returns the bytes from an offset on without headers; fewer at the end of the file. */
  private byte[] joined(long offset, int length) throws IOException {
    int physical = layout.physicalBytes(offset, length);
    byte[] bytes = new byte[(int) Math.min(physical, size - offset)];
    file.read(offset, bytes, 0, bytes.length);
    if (bytes.length == physical) {
      layout.join(bytes, length, offset);
    }
    return bytes;
  }

  private void showRecord(long offset, int length) throws IOException {
    byte[] bytes = joined(offset, length);
    RecordReader.Verdict verdict =
        record.wrap(
            bytes, 0, length, segment.tableId(), segment.lsnBase(), segment.timeBaseMillis());
    String place = "  " + offset + ": ";
    lines.line(
        switch (verdict) {
          case OK -> place + describe(bytes);
          case FILLER -> place + "filler of " + length + " bytes";
          case DAMAGED -> place + length + " bytes that do not verify";
        });
  }

  private String describe(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    text.append("record of ").append(record.totalBytes()).append(" bytes, LSN ");
    text.append(record.lsn()).append(", key ");
    text.append(Lines.text(bytes, record.keyOffset(), record.keyLength()));
    text.append(", value of ").append(record.valueLength()).append(" bytes");
    if (record.codec() != 0) {
      text.append(", codec ").append(record.codec());
      text.append(", dictionary ").append(record.dictionary());
    }
    if (record.writeTimeMillis() != RecordWriter.NO_TIME) {
      text.append(", written ").append(FrameText.time(record.writeTimeMillis()));
    }
    if (record.expiresAtMillis() != RecordWriter.NEVER) {
      text.append(", expires ").append(FrameText.time(record.expiresAtMillis()));
    }
    return text.toString();
  }
}
