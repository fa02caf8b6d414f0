// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import io.firn.benchmarks.subject.SubjectKind;
import java.nio.file.Path;
import java.util.List;

/**
 * What one child JVM is to do, as it travels on a command line.
 *
 * @param what the phase
 * @param directory where the child may work; the store under test is in its folder {@code store}
 * @param warmUp how many entries go into another store first, untimed
 * @param valueBytes the size of every value, or {@link Documents#MIXED}
 */
record Task(
    What what,
    SubjectKind kind,
    Path directory,
    long entries,
    long warmUp,
    int threads,
    int valueBytes,
    long seed) {

  /** The phases. */
  enum What {
    /** Put all entries into a new store and close it. */
    PUT,
    /** Put a few entries with many threads, each durable before the call returns. */
    SYNC,
    /** Put all entries and close, and say what reached the disk. */
    LOAD,
    /** Put all entries, then get and put at random, some far more often than others. */
    MIX,
    /** Open the store that PUT left, get everything once, then get at random. */
    GET,
    /** Open the store that PUT left, get at random, then read single blocks of its files. */
    COLD,
    /** Put all entries, then wait to be killed. */
    PUT_AND_WAIT,
    /** Open the store that PUT or PUT_AND_WAIT left, and get one entry. */
    OPEN,
    /** Put half, then all, and say what the memory grew by. */
    MEMORY,
    /** Overwrite a full store, all entries alike, until it is in its steady state. */
    UNIFORM,
    /** The same with some entries far more often than others. */
    ZIPF,
    /** The same with nine of ten puts to a tenth of the entries. */
    HOT,
    /** The same with new entries that expire. */
    EXPIRING,
    /** Overwrite, remove most, and wait for the space. */
    SHRINK,
    /** Remove everything and wait for the space. */
    DELETE,
    /** Let everything expire and wait for the space. */
    EXPIRE,
    /** Firn only: read while everything is compacted. */
    COMPACT,
    /** Firn only: overload small stores. */
    LIMITS,
    /** Firn only: open many caches. */
    CACHES
  }

  List<String> toArguments() {
    return List.of(
        what.name(),
        kind.id(),
        directory.toString(),
        Long.toString(entries),
        Long.toString(warmUp),
        Integer.toString(threads),
        Integer.toString(valueBytes),
        Long.toString(seed));
  }

  static Task parse(String[] arguments) {
    return new Task(
        What.valueOf(arguments[0]),
        SubjectKind.of(arguments[1]),
        Path.of(arguments[2]),
        Long.parseLong(arguments[3]),
        Long.parseLong(arguments[4]),
        Integer.parseInt(arguments[5]),
        Integer.parseInt(arguments[6]),
        Long.parseLong(arguments[7]));
  }

  Task with(What other) {
    return new Task(other, kind, directory, entries, warmUp, threads, valueBytes, seed);
  }

  Path store() {
    return directory.resolve("store");
  }
}
