// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import java.io.IOException;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * A disk as text, line by line: {@code dir PATH}, {@code file SIZE PATH}, and for the file above
 * either {@code HEX}, up to 32 bytes, or {@code zero COUNT}.
 */
final class SimDiskText {
  private static final String TITLE = "firn disk 1";
  private static final String DIRECTORY = "dir ";
  private static final String FILE = "file ";
  private static final String ZERO = "zero ";
  private static final int LINE = 32;
  private static final HexFormat HEX = HexFormat.of();

  private SimDiskText() {}

  static String write(SimNames names) {
    StringBuilder text = new StringBuilder(TITLE).append('\n');
    for (String directory : names.directories()) {
      if (!directory.isEmpty()) {
        text.append(DIRECTORY).append(directory).append('\n');
      }
    }
    names
        .files()
        .forEach(
            (path, inode) -> {
              text.append(FILE).append(inode.size()).append(' ').append(path).append('\n');
              writeContent(text, inode);
            });
    return text.toString();
  }

  private static void writeContent(StringBuilder text, SimInode inode) {
    byte[] line = new byte[LINE];
    long zeros = 0;
    for (long at = 0; at < inode.size(); at += LINE) {
      int length = (int) Math.min(LINE, inode.size() - at);
      inode.read(at, line, 0, length);
      if (isZero(line, length)) {
        zeros += length;
      } else {
        writeZeros(text, zeros);
        zeros = 0;
        text.append(HEX.formatHex(line, 0, length)).append('\n');
      }
    }
    writeZeros(text, zeros);
  }

  private static void writeZeros(StringBuilder text, long zeros) {
    if (zeros > 0) {
      text.append(ZERO).append(zeros).append('\n');
    }
  }

  private static boolean isZero(byte[] bytes, int length) {
    return Arrays.equals(bytes, 0, length, new byte[length], 0, length);
  }

  static void read(String text, SimNames names, SimSpace space) {
    String[] lines = text.split("\\R", -1);
    if (!lines[0].equals(TITLE)) {
      throw new IllegalArgumentException("the first line is not '" + TITLE + "'");
    }
    SimInode inode = new SimInode();
    long at = 0;
    try {
      for (int i = 1; i < lines.length; i++) {
        String line = lines[i];
        if (line.startsWith(DIRECTORY)) {
          names.createDirectories(line.substring(DIRECTORY.length()));
        } else if (line.startsWith(FILE)) {
          String[] words = line.split(" ", 3);
          inode = new SimInode();
          inode.grow(Long.parseLong(words[1]));
          names.create(words[2], inode);
          at = 0;
        } else if (line.startsWith(ZERO)) {
          at += Long.parseLong(line.substring(ZERO.length()));
        } else if (!line.isBlank()) {
          byte[] bytes = HEX.parseHex(line.strip());
          inode.write(at, bytes, 0, bytes.length, space);
          at += bytes.length;
        }
      }
      makeDurable(names);
    } catch (IOException e) {
      throw new IllegalArgumentException("not a text of a disk: " + e, e);
    }
  }

  private static void makeDurable(SimNames names) throws IOException {
    for (String directory : names.directories()) {
      names.sync(directory);
    }
    names.files().values().forEach(SimInode::force);
  }
}
