// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

/**
 * Neighbouring pages of one segment.
 *
 * @param segment the segment's number
 * @param firstPage the first page's number, from 0
 * @param pages how many, at least 1
 */
public record PageRun(int segment, int firstPage, int pages) {
  /**
   * @throws IllegalArgumentException if a number is negative or there is no page
   */
  public PageRun {
    if (segment < 0 || firstPage < 0 || pages < 1) {
      throw new IllegalArgumentException(
          "segment " + segment + ", first page " + firstPage + ", pages " + pages);
    }
  }

  /** Returns the number of the page after the last one. */
  public int endPage() {
    return firstPage + pages;
  }
}
