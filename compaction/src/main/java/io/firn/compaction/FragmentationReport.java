// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import java.util.Objects;

/**
 * How fragmented the files of a cache are. Files that are being filled do not count: nothing can be
 * done about them yet.
 *
 * @param level the verdict
 * @param files sealed data files
 * @param fragmentedFiles those of them that are worth compacting
 * @param totalBytes length of the sealed files
 * @param usedBytes bytes of them that hold records which live and have not expired
 * @param deletedBytes bytes of them that hold what is dead or has expired, or nothing
 * @param fragmentation {@code deletedBytes} as a share of {@code totalBytes}, 0 to 1
 */
public record FragmentationReport(
    HealthLevel level,
    int files,
    int fragmentedFiles,
    long totalBytes,
    long usedBytes,
    long deletedBytes,
    double fragmentation) {
  /**
   * @throws IllegalArgumentException if a number is negative, or a part is larger than its whole
   */
  public FragmentationReport {
    Objects.requireNonNull(level, "level");
    Checks.within("fragmentedFiles", fragmentedFiles, 0, files);
    Checks.within("usedBytes", usedBytes, 0, totalBytes);
    Checks.within("deletedBytes", deletedBytes, 0, totalBytes - usedBytes);
    Checks.share("fragmentation", fragmentation);
  }
}
