// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The JVM's own log of its safepoints. */
final class SafepointLog {
  private static final Pattern TIMES =
      Pattern.compile("Reaching safepoint: (\\d+) ns.*At safepoint: (\\d+) ns");

  private SafepointLog() {}

  /** Returns the flags by which a JVM writes the log into a file. */
  static List<String> flags(Path log) {
    return List.of("-Xlog:safepoint:file=" + log + "::filecount=0");
  }

  /** Returns the longest times in milliseconds, and how many safepoints there were. */
  static Map<String, Double> read(Path log) throws IOException {
    double longestToReach = 0;
    double longestAt = 0;
    double count = 0;
    for (String line : Files.readAllLines(log)) {
      Matcher times = TIMES.matcher(line);
      if (times.find()) {
        count++;
        longestToReach = Math.max(longestToReach, Long.parseLong(times.group(1)) / 1e6);
        longestAt = Math.max(longestAt, Long.parseLong(times.group(2)) / 1e6);
      }
    }
    return Map.of("longest to reach", longestToReach, "longest at", longestAt, "safepoints", count);
  }
}
