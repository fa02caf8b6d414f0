// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import io.firn.benchmarks.subject.SubjectKind;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The figures of all rounds, and the tables that say what they mean. */
final class Results {
  private final Map<Measure, Map<SubjectKind, Map<String, List<Double>>>> figures =
      new EnumMap<>(Measure.class);

  void add(Measure measure, SubjectKind kind, Map<String, Double> round) {
    Map<String, List<Double>> ofKind =
        figures
            .computeIfAbsent(measure, absent -> new EnumMap<>(SubjectKind.class))
            .computeIfAbsent(kind, absent -> new LinkedHashMap<>());
    round.forEach(
        (name, value) -> ofKind.computeIfAbsent(name, absent -> new ArrayList<>()).add(value));
  }

  /** Returns a table for each measure: median and spread over the rounds, and peer/Firn. */
  String toMarkdown() {
    StringBuilder text = new StringBuilder();
    figures.forEach((measure, kinds) -> appendTable(text, measure, kinds));
    return text.toString();
  }

  private static void appendTable(
      StringBuilder text, Measure measure, Map<SubjectKind, Map<String, List<Double>>> kinds) {
    text.append("\n### ").append(measure.title()).append("\n\n| subject | ");
    text.append(measure.figure()).append(" (median) | min–max | rounds | Firn is × as good");
    measure.beside().forEach(name -> text.append(" | ").append(name));
    text.append(" |\n|---|---:|---:|---:|---:");
    text.append("|---:".repeat(measure.beside().size())).append("|\n");
    double reference = reference(measure, kinds);
    kinds.forEach(
        (kind, byName) -> {
          List<Double> main = byName.getOrDefault(measure.figure(), List.of());
          text.append("| ").append(kind.label()).append(" | ").append(show(median(main)));
          text.append(" | ").append(show(min(main))).append("–").append(show(max(main)));
          text.append(" | ").append(main.size());
          text.append(" | ").append(show(ratio(measure, median(main), reference)));
          for (String name : measure.beside()) {
            text.append(" | ").append(show(median(byName.getOrDefault(name, List.of()))));
          }
          text.append(" |\n");
        });
  }

  private static double reference(
      Measure measure, Map<SubjectKind, Map<String, List<Double>>> kinds) {
    for (Map.Entry<SubjectKind, Map<String, List<Double>>> entry : kinds.entrySet()) {
      if (entry.getKey() == SubjectKind.FIRN) {
        return median(entry.getValue().getOrDefault(measure.figure(), List.of()));
      }
    }
    return Double.NaN;
  }

  private static double ratio(Measure measure, double peer, double firn) {
    return measure.higherIsBetter() ? firn / peer : peer / firn;
  }

  static double median(List<Double> values) {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private static double min(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).min().orElse(Double.NaN);
  }

  private static double max(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).max().orElse(Double.NaN);
  }

  private static String show(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return "";
    }
    double size = Math.abs(value);
    String format = size >= 1_000 ? "%,.0f" : size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f";
    return String.format(Locale.ROOT, format, value);
  }
}
