// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.ArrayList;
import java.util.List;

/** A table in plain text: the first column is left-aligned, the others are right-aligned. */
final class ReportTable {
  private static final String GAP = "  ";

  private final List<List<String>> rows = new ArrayList<>();

  ReportTable(String... titles) {
    rows.add(List.of(titles));
  }

  /**
   * Adds a row.
   *
   * @throws IllegalArgumentException if it has not one cell per title
   */
  @CanIgnoreReturnValue
  ReportTable row(String... cells) {
    if (cells.length != rows.get(0).size()) {
      throw new IllegalArgumentException(
          cells.length + " cells for " + rows.get(0).size() + " columns");
    }
    rows.add(List.of(cells));
    return this;
  }

  /** Returns the table, every line ended by a line feed. */
  String render() {
    StringBuilder text = new StringBuilder();
    for (int row = 0; row < rows.size(); row++) {
      text.append(line(rows.get(row))).append('\n');
      if (row == 0) {
        text.append("-".repeat(width())).append('\n');
      }
    }
    return text.toString();
  }

  private String line(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < cells.size(); column++) {
      String cell = cells.get(column);
      String padding = " ".repeat(width(column) - cell.length());
      line.append((column == 0) ? cell + padding : GAP + padding + cell);
    }
    return line.toString().stripTrailing();
  }

  private int width() {
    int width = 0;
    for (int column = 0; column < rows.get(0).size(); column++) {
      width += width(column) + ((column == 0) ? 0 : GAP.length());
    }
    return width;
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }
}
