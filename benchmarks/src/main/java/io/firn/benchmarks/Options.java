// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import io.firn.benchmarks.subject.SubjectKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The command line of {@link Compare}.
 *
 * @param entries how many entries a store holds
 * @param rounds how often everything is run
 * @param warmUp how many entries each JVM puts into another store first, untimed
 * @param valueBytes the size of every value, or {@link Documents#MIXED}
 * @param directory where to work, or a temporary directory
 */
record Options(
    long entries,
    int rounds,
    long warmUp,
    int valueBytes,
    long seed,
    List<SubjectKind> subjects,
    List<Measure> measures,
    Optional<Path> directory) {

  static final String USAGE =
      """
      Usage: java -cp <class path> io.firn.benchmarks.Compare [options]
        --entries N       entries in a store            (300000)
        --rounds N        rounds, subjects interleaved  (5)
        --subjects A,B    see below                     (all)
        --what A,B        put,put2,get,cold,mix,sync,load,safepoints,open,kill,memory,
                          uniform,zipf,hot,expiring,shrink,delete,expire,
                          compact,limits,caches                       (put,get)
        --dir PATH        where to work                 (a temporary directory)
        --warm-up N       untimed entries per JVM       (600000)
        --value-bytes N   every value this long         (0: log-normal, median 300, mean 1,000)
        --seed N          seed of the data              (1)
      """;

  static Options parse(String[] arguments) {
    long entries = 300_000;
    int rounds = 5;
    long warmUp = 600_000;
    int valueBytes = Documents.MIXED;
    long seed = 1;
    List<SubjectKind> subjects = List.of(SubjectKind.values());
    List<Measure> measures = List.of(Measure.PUT, Measure.GET);
    Optional<Path> directory = Optional.empty();
    for (int i = 0; i < arguments.length; i += 2) {
      if (i + 1 == arguments.length) {
        throw new IllegalArgumentException(arguments[i] + " has no value");
      }
      String value = arguments[i + 1];
      switch (arguments[i]) {
        case "--entries" -> entries = Long.parseLong(value);
        case "--rounds" -> rounds = Integer.parseInt(value);
        case "--warm-up" -> warmUp = Long.parseLong(value);
        case "--value-bytes" -> valueBytes = Integer.parseInt(value);
        case "--seed" -> seed = Long.parseLong(value);
        case "--subjects" -> subjects = subjects(value);
        case "--what" -> measures = measures(value);
        case "--dir" -> directory = Optional.of(Path.of(value).toAbsolutePath());
        default -> throw new IllegalArgumentException("unknown option " + arguments[i]);
      }
    }
    return new Options(entries, rounds, warmUp, valueBytes, seed, subjects, measures, directory);
  }

  private static List<SubjectKind> subjects(String names) {
    List<SubjectKind> kinds = new ArrayList<>();
    for (String name : names.split(",", -1)) {
      kinds.add(SubjectKind.of(name));
    }
    return kinds;
  }

  private static List<Measure> measures(String names) {
    List<Measure> measures = new ArrayList<>();
    for (String name : names.split(",", -1)) {
      measures.add(Measure.of(name));
    }
    return measures;
  }
}
