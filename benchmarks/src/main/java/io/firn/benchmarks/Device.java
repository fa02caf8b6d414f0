// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * The block device below a folder, as Linux accounts for it. What others write to it is counted as
 * well, so the machine has to be quiet.
 */
final class Device {
  private static final Path STATISTICS = Path.of("/proc/diskstats");
  private static final int SECTOR_BYTES = 512;
  private static final int SECTORS_WRITTEN_COLUMN = 9;

  private final Path directory;

  Device(Path directory) {
    this.directory = directory;
  }

  /**
   * Returns how many bytes it was given since the machine was started, or 0 where that cannot be
   * known.
   */
  long writtenBytes() throws IOException {
    if (!Files.isReadable(STATISTICS)) {
      return 0;
    }
    long number = (Long) Files.getAttribute(directory, "unix:dev");
    String major = Long.toString((number >>> 8) & 0xFFF);
    String minor = Long.toString((number & 0xFF) | ((number >>> 12) & 0xFFF00));
    for (String line : Files.readAllLines(STATISTICS)) {
      List<String> columns = List.of(line.strip().split("\\s+"));
      if (columns.get(0).equals(major) && columns.get(1).equals(minor)) {
        return Long.parseLong(columns.get(SECTORS_WRITTEN_COLUMN)) * SECTOR_BYTES;
      }
    }
    return 0;
  }
}
