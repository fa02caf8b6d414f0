// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

import static java.util.Map.entry;

import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionThresholds;
import java.time.Duration;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiFunction;

/** The options of compaction by their names, with values as text. */
final class OptionNames {
  private static final Map<String, BiFunction<CompactionConfig, String, CompactionConfig>> CHANGES =
      Map.ofEntries(
          entry(
              "autoCompact",
              (config, text) -> config.toBuilder().autoCompact(parseBoolean(text)).build()),
          entry(
              "backgroundEnabled",
              (config, text) -> config.toBuilder().backgroundEnabled(parseBoolean(text)).build()),
          entry(
              "compactThresholdFiles",
              (config, text) ->
                  config.toBuilder().compactThresholdFiles(Integer.parseInt(text)).build()),
          entry(
              "compactThresholdBytes",
              (config, text) ->
                  config.toBuilder().compactThresholdBytes(Long.parseLong(text)).build()),
          entry(
              "targetFileSizeBytes",
              (config, text) ->
                  config.toBuilder().targetFileSizeBytes(Long.parseLong(text)).build()),
          entry(
              "minFileSizeBytes",
              (config, text) -> config.toBuilder().minFileSizeBytes(Long.parseLong(text)).build()),
          entry(
              "deadRowShare",
              (config, text) -> config.toBuilder().deadRowShare(Double.parseDouble(text)).build()),
          entry(
              "minFragmentation",
              (config, text) ->
                  with(
                      config,
                      new CompactionThresholds(
                          Double.parseDouble(text),
                          config.thresholds().minDeletedRecords(),
                          config.thresholds().minSpaceSavingsBytes()))),
          entry(
              "minDeletedRecords",
              (config, text) ->
                  with(
                      config,
                      new CompactionThresholds(
                          config.thresholds().minFragmentation(),
                          Integer.parseInt(text),
                          config.thresholds().minSpaceSavingsBytes()))),
          entry(
              "minSpaceSavingsBytes",
              (config, text) ->
                  with(
                      config,
                      new CompactionThresholds(
                          config.thresholds().minFragmentation(),
                          config.thresholds().minDeletedRecords(),
                          Long.parseLong(text)))),
          entry(
              "minSpaceSaving",
              (config, text) ->
                  config.toBuilder().minSpaceSaving(Double.parseDouble(text)).build()),
          entry(
              "timeoutMillis",
              (config, text) ->
                  config.toBuilder().timeout(Duration.ofMillis(Long.parseLong(text))).build()),
          entry(
              "maxConcurrentJobs",
              (config, text) ->
                  config.toBuilder().maxConcurrentJobs(Integer.parseInt(text)).build()),
          entry(
              "maximumBytesPerSecond",
              (config, text) ->
                  config.toBuilder().maximumBytesPerSecond(Long.parseLong(text)).build()),
          entry(
              "maxRuntimeMillis",
              (config, text) ->
                  config.toBuilder().maxRuntime(Duration.ofMillis(Long.parseLong(text))).build()));

  private OptionNames() {}

  /**
   * Returns settings with one of them changed.
   *
   * @throws IllegalArgumentException if there is no such option, or the value does not fit
   */
  static CompactionConfig changed(CompactionConfig config, String option, String value) {
    var change = CHANGES.get(option);
    if (change == null) {
      throw new IllegalArgumentException(
          "no option is called " + option + ", but " + new TreeSet<>(CHANGES.keySet()));
    }
    try {
      return change.apply(config, value.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(option + " must be a number, but is " + value, e);
    }
  }

  private static CompactionConfig with(CompactionConfig config, CompactionThresholds thresholds) {
    return config.toBuilder().thresholds(thresholds).build();
  }

  private static boolean parseBoolean(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("must be true or false, but is " + text);
    };
  }
}
