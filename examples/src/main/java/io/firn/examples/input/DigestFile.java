// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.input;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * A text file with the SHA-256 and the key of every original value, one per line. It is written
 * while the values are loaded, from the bytes of the source, and never from what the cache returns.
 */
public final class DigestFile {
  private static final int DIGEST_CHARS = 64;

  private DigestFile() {}

  /**
   * One line.
   *
   * @param digest SHA-256 of the value, 64 hexadecimal digits
   * @param key of the value
   */
  public record Line(String digest, String key) {}

  /** Returns the SHA-256 of {@code value} as 64 hexadecimal digits. */
  public static String digest(byte[] value) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Writes the lines; keys have their line breaks and backslashes escaped. */
  public static void write(Path file, List<Line> lines) throws IOException {
    try (BufferedWriter writer = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
      for (Line line : lines) {
        writer.write(line.digest());
        writer.write(' ');
        writer.write(escape(line.key()));
        writer.write('\n');
      }
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws IOException if it cannot be read or a line is too short
   */
  public static List<Line> read(Path file) throws IOException {
    List<Line> lines = new ArrayList<>();
    for (String text : Files.readAllLines(file, StandardCharsets.UTF_8)) {
      if (text.length() <= DIGEST_CHARS) {
        throw new IOException("line " + (lines.size() + 1) + " of " + file + " is too short");
      }
      lines.add(
          new Line(text.substring(0, DIGEST_CHARS), unescape(text.substring(DIGEST_CHARS + 1))));
    }
    return lines;
  }

  private static String escape(String key) {
    return key.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  private static String unescape(String text) {
    StringBuilder key = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\') {
        i++;
        char escaped = text.charAt(i);
        key.append(escaped == 'n' ? '\n' : escaped == 'r' ? '\r' : escaped);
      } else {
        key.append(c);
      }
    }
    return key.toString();
  }
}
