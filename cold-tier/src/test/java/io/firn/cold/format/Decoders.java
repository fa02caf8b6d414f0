// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.format.FrameReader.Verdict;
import io.firn.cold.model.UnsupportedVersionException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Gives any bytes to a decoder; whatever is neither a value nor a typed error escapes. */
final class Decoders {
  private static final int TABLE = 9;
  private static final long LSN_BASE = 4096;
  private static final long TIME_BASE = 1_767_225_600_123L;

  private Decoders() {}

  /** Something that reads bytes. */
  @FunctionalInterface
  private interface Decoding<T> {
    T decode() throws CorruptBytesException;
  }

  private static <T> @Nullable T typed(Decoding<T> decoding) {
    try {
      return decoding.decode();
    } catch (CorruptBytesException | UnsupportedVersionException expected) {
      assertThat(expected).hasMessageContaining("fuzz");
      return null;
    }
  }

  static void segmentHeader(byte[] bytes) {
    SegmentHeader header = typed(() -> SegmentHeader.decode(bytes, "fuzz"));
    if (header != null) {
      byte[] again = new byte[SegmentHeader.BYTES];
      header.encode(again);
      assertThat(again).isEqualTo(Arrays.copyOf(bytes, again.length));
    }
  }

  static void logSegmentHeader(byte[] bytes) {
    LogSegmentHeader header = typed(() -> LogSegmentHeader.decode(bytes, "fuzz"));
    if (header != null) {
      byte[] again = new byte[LogSegmentHeader.BYTES];
      header.encode(again);
      assertThat(again).isEqualTo(Arrays.copyOf(bytes, again.length));
    }
  }

  static void pageHeader(byte[] bytes) {
    PageHeader header = typed(() -> PageHeader.read(bytes, 0, 4096, "fuzz"));
    if (header != null) {
      assertThat(header.bytesUsed()).isBetween(0, bytes.length - PageHeader.BYTES);
    }
  }

  static void slot(byte[] bytes) {
    SlotHeader header = typed(() -> SlotHeader.decode(bytes, "fuzz"));
    if (header != null) {
      int length = bytes.length - SlotHeader.SLOT_HEADER_BYTES;
      Object verified =
          typed(
              () -> {
                header.verify(bytes, bytes, SlotHeader.SLOT_HEADER_BYTES, length, "fuzz");
                return header;
              });
      assertThat(verified == null || header.slotBytes() == bytes.length).isTrue();
    }
  }

  static void manifest(byte[] bytes) {
    Manifest manifest = typed(() -> Manifest.decode(bytes, "fuzz"));
    if (manifest != null) {
      byte[] again = manifest.encode();
      assertThat(again).isEqualTo(Arrays.copyOf(bytes, again.length));
    }
  }

  static void tableOptions(byte[] bytes) {
    TableFormats formats = typed(() -> TableFormats.decode(Octets.of(bytes), "fuzz"));
    if (formats != null && !formats.equals(TableFormats.UNKNOWN)) {
      assertThat(formats.encode().toArray()).isEqualTo(bytes);
    }
  }

  static void record(byte[] bytes) {
    RecordReader reader = new RecordReader();
    RecordReader.Verdict verdict = reader.wrap(bytes, 0, bytes.length, TABLE, LSN_BASE, TIME_BASE);
    if (verdict == RecordReader.Verdict.DAMAGED) {
      assertThat(reader.totalBytes()).isZero();
    } else {
      assertThat(reader.totalBytes()).isBetween(12, bytes.length);
    }
    if (verdict == RecordReader.Verdict.OK) {
      assertThat(reader.valueOffset() + reader.valueLength())
          .isLessThanOrEqualTo(reader.totalBytes());
    }
  }

  static void frame(byte[] bytes) {
    FrameReader reader = new FrameReader();
    frame(reader, bytes);
    // The checksum is made to hold, or hardly any bytes would get past it.
    if (bytes.length >= Frames.HEADER_BYTES) {
      FrameWriter writer = new FrameWriter();
      int length = writer.pad(bytes.length);
      System.arraycopy(bytes, 0, writer.bytes(), 0, length);
      LittleEndian.putInt(writer.bytes(), 0, length);
      writer.bytes()[Frames.AT_VERSION] = Frames.VERSION;
      writer.seal(GoldenFrames.SALT, GoldenFrames.POSITION, length);
      frame(reader, Arrays.copyOf(writer.bytes(), length));
    }
  }

  private static void frame(FrameReader reader, byte[] bytes) {
    Verdict verdict = reader.wrap(bytes, 0, bytes.length, GoldenFrames.SALT, GoldenFrames.POSITION);
    if (verdict == Verdict.OK) {
      assertThat(reader.length()).isBetween(Frames.HEADER_BYTES, bytes.length);
      read(reader);
    }
  }

  private static void read(FrameReader reader) {
    switch (reader.type()) {
      case TUPLE_INSERT, TUPLE_UPDATE, TUPLE_DELETE ->
          assertThat(reader.payloadLength()).isIn(8, 24);
      case PAGE_DELTA, PAGE_IMAGE ->
          assertThat(reader.payloadLength()).isEqualTo(24 + reader.recordLength());
      case RELOCATE -> assertThat(reader.payloadLength()).isEqualTo(4 + 24 * reader.count());
      case TOUCH -> assertThat(reader.payloadLength()).isEqualTo(4 + 12 * reader.count());
      default -> {
        LogFrame decoded = typed(() -> LogFrame.decode(reader, "fuzz"));
        assertThat(decoded == null || !decoded.toString().isEmpty()).isTrue();
      }
    }
  }
}
