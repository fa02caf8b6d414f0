// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import io.firn.cold.agent.Step;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Counts and remembers the steps of a run. */
final class SimTrace {
  static final int LOCK = Step.values().length;
  static final int UNLOCK = LOCK + 1;
  static final int AWAIT = LOCK + 2;
  static final int YIELD = LOCK + 3;
  static final int SLEEP = LOCK + 4;
  static final int SLICE = LOCK + 5;

  private static final Step[] STEPS = Step.values();
  private static final String[] OTHERS = {"LOCK", "UNLOCK", "AWAIT", "YIELD", "SLEEP", "SLICE"};
  private static final int RECENT = 64;
  private static final int STACK_DEPTH = 14;
  private static final long MIX = 0x9E3779B97F4A7C15L;

  private final long[] counts = new long[LOCK + OTHERS.length];
  private final int[] recent = new int[RECENT];
  private long steps;
  private long hash;

  long add(int task, int code) {
    int entry = task << 8 | code;
    counts[code]++;
    recent[(int) steps & (RECENT - 1)] = entry;
    hash = (hash + entry) * MIX;
    return ++steps;
  }

  long steps() {
    return steps;
  }

  long count(int code) {
    return counts[code];
  }

  long hash() {
    return hash ^ (hash >>> 32);
  }

  StringBuilder appendRecent(StringBuilder text) {
    text.append("\nlast steps (task number:step):");
    for (long i = Math.max(0, steps - RECENT); i < steps; i++) {
      int entry = recent[(int) i & (RECENT - 1)];
      text.append(' ').append(entry >>> 8).append(':').append(name(entry & 0xFF));
    }
    return text;
  }

  @SuppressWarnings("EnumOrdinal") // an index into arrays of this run only
  static int code(Step step) {
    return step.ordinal();
  }

  static @Nullable Step step(int code) {
    return code < LOCK ? STEPS[code] : null;
  }

  static String name(int code) {
    return code < LOCK ? STEPS[code].name() : OTHERS[code - LOCK];
  }

  /** Adds the methods on a task's stack, as {@code Class.method}. */
  static void addMethods(Set<String> methods, @Nullable Thread thread) {
    if (thread == null) {
      return;
    }
    for (StackTraceElement frame : thread.getStackTrace()) {
      String type = frame.getClassName();
      if (type.startsWith("io.firn")) {
        methods.add(type.substring(type.lastIndexOf('.') + 1) + "." + frame.getMethodName());
      }
    }
  }

  static void appendStack(StringBuilder text, @Nullable Thread thread) {
    if (thread == null) {
      return;
    }
    int depth = 0;
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (depth < STACK_DEPTH && frame.getClassName().startsWith("io.firn")) {
        text.append("\n      at ").append(frame);
        depth++;
      }
    }
  }
}
