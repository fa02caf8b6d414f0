// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.dump;

import java.io.IOException;
import java.util.HexFormat;

/** Writes lines up to a limit. For one thread. */
final class Lines {
  private static final HexFormat HEX = HexFormat.of();
  private static final int BYTES_PER_LINE = 16;
  private static final int LONGEST_TEXT = 48;

  private final Appendable out;
  private final long limit;
  private long written;

  Lines(Appendable out, long limit) {
    this.out = out;
    this.limit = limit;
  }

  /** Writes a line, unless the limit is reached; the first one too many says so instead. */
  void line(String text) throws IOException {
    if (written == limit) {
      out.append("... (stopped after ").append(Long.toString(limit)).append(" lines)\n");
    } else if (written < limit) {
      out.append(text).append('\n');
    }
    written++;
  }

  /** Tells whether further lines would be lost. */
  boolean isFull() {
    return written > limit;
  }

  /**
   * Writes bytes, 16 a line, with their place and as text; lines of zeros only are counted instead.
   *
   * @param place of the first byte in its file
   */
  void hex(byte[] bytes, int from, int to, long place) throws IOException {
    int zeros = 0;
    for (int at = from; at < to && !isFull(); at += BYTES_PER_LINE) {
      int length = Math.min(BYTES_PER_LINE, to - at);
      if (isZero(bytes, at, length)) {
        zeros += length;
        continue;
      }
      zeros(zeros);
      zeros = 0;
      line(hexLine(bytes, at, length, place + at - from));
    }
    zeros(zeros);
  }

  private void zeros(int count) throws IOException {
    if (count > 0) {
      line("          " + count + " zeros");
    }
  }

  private static boolean isZero(byte[] bytes, int at, int length) {
    for (int i = at; i < at + length; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return true;
  }

  private static String hexLine(byte[] bytes, int at, int length, long place) {
    StringBuilder line = new StringBuilder(hex(place, 8)).append("  ");
    for (int i = 0; i < BYTES_PER_LINE; i++) {
      line.append(i < length ? HEX.toHexDigits(bytes[at + i]) : "  ").append(' ');
    }
    line.append(" |");
    for (int i = 0; i < length; i++) {
      line.append(isPrintable(bytes[at + i]) ? (char) bytes[at + i] : '.');
    }
    return line.append('|').toString();
  }

  /** Returns a number in hexadecimal with at least so many digits. */
  static String hex(long value, int digits) {
    String text = Long.toHexString(value);
    return "0".repeat(Math.max(0, digits - text.length())) + text;
  }

  /** Returns a name in quotes, on one line whatever it holds. */
  static String quoted(String name) {
    StringBuilder text = new StringBuilder("\"");
    name.codePoints().map(c -> Character.isISOControl(c) ? '?' : c).forEach(text::appendCodePoint);
    return text.append('"').toString();
  }

  /** Returns bytes as text in quotes if all are printable, else in hexadecimal; cut if long. */
  static String text(byte[] bytes, int offset, int length) {
    int shown = Math.min(length, LONGEST_TEXT);
    boolean printable = true;
    StringBuilder text = new StringBuilder("\"");
    for (int i = offset; i < offset + shown; i++) {
      printable &= isPrintable(bytes[i]);
      text.append((char) (bytes[i] & 0xFF));
    }
    String all =
        printable ? text.append('"').toString() : HEX.formatHex(bytes, offset, offset + shown);
    return shown == length ? all : all + "...";
  }

  private static boolean isPrintable(byte value) {
    return value >= ' ' && value <= '~';
  }
}
