// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import java.util.List;
import java.util.Locale;

/** What can be compared; each has the figure that is reported and what to read beside it. */
enum Measure {
  PUT("put, 1 thread", "mean us", "cpu us, p50 us, p99 us, max us, per second, disk MB"),
  PUT2("put, 2 threads", "per second", "mean us, p50 us, p99 us"),
  GET("get, page cache warm", "mean us", "cpu us, p50 us, p99 us, max us, misses, wrong"),
  COLD(
      "get, times p99 of reading 4 KiB of the same files",
      "p99 ratio",
      "get p99 us, read p99 us, get p50 us, read p50 us, data MB, misses, wrong"),
  MIX("zipf 0.99, 50 % reads, 2 threads", "per second", "mean us, p50 us, p99 us, misses, wrong"),
  SYNC("sync put, 16 threads", "per second", "mean us, p50 us, p99 us"),
  LOAD(
      "bytes of a load and a close, per byte of keys and values",
      "device",
      "written, on disk, user MB, written MB"),
  SAFEPOINTS(
      "safepoints while 2 threads load (ms)",
      "longest to reach",
      "longest at, safepoints, per second"),
  OPEN("open after close", "first hit ms", "open ms, misses, wrong"),
  KILL("open after SIGKILL", "first hit ms", "open ms, misses, wrong"),
  MEMORY("memory", "heap B/entry", "anonymous B/entry, index B/entry"),
  UNIFORM("overwrites, all entries alike, full store", "device", Steady.BESIDE),
  ZIPF("overwrites, zipf 0.99, full store", "device", Steady.BESIDE),
  HOT("overwrites, 90 % to 10 %, full store", "device", Steady.BESIDE),
  EXPIRING("new entries that expire, full store", "device", Steady.BESIDE),
  SHRINK(
      "files 15 s after two overwrites and the removal of 90 %, per live byte",
      "files over live", "closed over live, before MB, live MB"),
  DELETE("everything removed: seconds until 99 % is back", "seconds", "back %, before MB"),
  EXPIRE("everything expired: seconds until 99 % is back", "seconds", "back %, before MB, put s"),
  COMPACT(
      "readers while all is compacted, times of p99 without",
      "p99 ratio",
      "p99.9 ratio, p99 us, p99.9 us, p99 quiet us, p99.9 quiet us, reads a second, ms to start,"
          + " seconds, files, walked MB, moved MB"),
  LIMITS(
      "small stores under full load (MiB)",
      "32 MiB: most on disk",
      "32 MiB: closed, 32 MiB: put, 32 MiB: present, 32 MiB: wrong, 160 MiB: most on disk, 160 MiB:"
          + " closed, 160 MiB: put, 160 MiB: present, 160 MiB: wrong"),
  CACHES("200 empty caches", "disk MiB", "closed MiB, heap MiB, anonymous MiB");

  private final String title;
  private final String figure;
  private final String beside;

  Measure(String title, String figure, String beside) {
    this.title = title;
    this.figure = figure;
    this.beside = beside;
  }

  static Measure of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT));
  }

  String title() {
    return title;
  }

  String figure() {
    return figure;
  }

  List<String> beside() {
    return List.of(beside.split(", ", -1));
  }

  /** Whether only Firn is asked, because the figure is about its own limits. */
  boolean firnOnly() {
    return this == LIMITS
        || this == CACHES
        || this == SAFEPOINTS
        || this == EXPIRING
        || this == EXPIRE
        || this == COMPACT;
  }

  /** Whether it opens the store that {@link #PUT} left. */
  boolean readsWhatWasPut() {
    return this == GET || this == COLD || this == OPEN;
  }

  int threads() {
    return switch (this) {
      case PUT2, MIX, SAFEPOINTS -> 2;
      case SYNC -> 16;
      default -> 1;
    };
  }

  /** Whether the subject has to make every put durable before it returns. */
  boolean sync() {
    return this == SYNC;
  }

  /** Whether a larger figure is the better one. */
  boolean higherIsBetter() {
    return this == PUT2 || this == MIX || this == SYNC;
  }

  /** What the measures of a store in its steady state have in common. */
  private static final class Steady {
    static final String BESIDE =
        "written, records, with log and index, on disk, most on disk, limit MB, per second, p99 us, of empty x device, missing";
  }
}
