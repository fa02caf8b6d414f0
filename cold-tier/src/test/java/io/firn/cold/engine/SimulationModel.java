// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.engine.SimulationOp.Kind;
import io.firn.cold.format.Octets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the store must hold: the state at the start of this life, and the changes since, each with
 * its LSN.
 */
final class SimulationModel {
  /** The state of a store: its tables, and what each slot (a hash in a table) holds. */
  static final class State {
    final TreeMap<String, Integer> tables = new TreeMap<>();
    final Map<Slot, SimulationOp> entries = new HashMap<>();
    final Map<Job, Octets> jobs = new HashMap<>();

    State copy() {
      State copy = new State();
      copy.tables.putAll(tables);
      copy.entries.putAll(entries);
      copy.jobs.putAll(jobs);
      return copy;
    }

    void apply(SimulationOp op) {
      switch (op.kind) {
        case PUT -> entries.put(new Slot(op.tableId, op.hash), op);
        case REMOVE -> entries.remove(new Slot(op.tableId, op.hash));
        case CLEAR -> entries.keySet().removeIf(slot -> slot.tableId == op.tableId);
        case CREATE -> tables.put(op.tableName, op.tableId);
        case DROP -> {
          tables.remove(op.tableName);
          entries.keySet().removeIf(slot -> slot.tableId == op.tableId);
          jobs.keySet().removeIf(job -> job.tableId == op.tableId);
        }
        case SAVE -> save(op);
      }
    }

    private void save(SimulationOp op) {
      Job job = new Job(op.tableId, op.key);
      if (op.value.length == 0) {
        jobs.remove(job);
      } else if (op.tableId == JobStates.WHOLE_STORE || tables.containsValue(op.tableId)) {
        jobs.put(job, Octets.of(op.value));
      }
    }
  }

  /** A job of a table, or of the store. */
  record Job(int tableId, long jobId) {}

  /** A hash in a table. */
  record Slot(int tableId, long hash) {}

  private State base = new State();
  private final List<SimulationOp> ops = new ArrayList<>();
  private final Map<Slot, List<SimulationOp>> bySlot = new HashMap<>();
  private final Map<Integer, List<SimulationOp>> clears = new HashMap<>();

  /** Everything below survives a power failure. */
  long durableLsn;

  State base() {
    return base;
  }

  List<SimulationOp> ops() {
    return ops;
  }

  /** Notes a change that begins. */
  void begin(SimulationOp op) {
    ops.add(op);
    if (op.kind == Kind.SAVE) {
      return;
    }
    if (op.isRare()) {
      clears.computeIfAbsent(op.tableId, ignored -> new ArrayList<>()).add(op);
    } else {
      bySlot.computeIfAbsent(new Slot(op.tableId, op.hash), ignored -> new ArrayList<>()).add(op);
    }
  }

  /** Forgets a change that was refused. */
  void refuse(SimulationOp op) {
    ops.remove(op);
    List<SimulationOp> slot = bySlot.get(new Slot(op.tableId, op.hash));
    if (slot != null) {
      slot.remove(op);
    }
  }

  /** Starts anew from a state that survives everything. */
  void restart(State state) {
    base = state;
    ops.clear();
    bySlot.clear();
    clears.clear();
    durableLsn = 0;
  }

  /** Returns the LSN above every change that was reported as made. */
  long returnedLsn() {
    long lsn = 0;
    for (SimulationOp op : ops) {
      if (op.returned) {
        lsn = Math.max(lsn, op.lsn + 1);
      }
    }
    return lsn;
  }

  /** Tells whether a change is known to have an LSN. */
  boolean isKnown(long lsn) {
    return ops.stream().anyMatch(op -> op.knownLsn() == lsn);
  }

  /** Returns the changes whose LSN is known, by LSN. */
  List<SimulationOp> history() {
    List<SimulationOp> known = new ArrayList<>();
    for (SimulationOp op : ops) {
      if (op.knownLsn() != 0) {
        known.add(op);
      }
    }
    known.sort(Comparator.comparingLong(SimulationOp::knownLsn));
    return known;
  }

  /** Returns the change of a whole table whose LSN is unknown, if there is one. */
  @Nullable SimulationOp uncertain() {
    for (SimulationOp op : ops) {
      if (op.isRare() && op.lsn == 0) {
        return op;
      }
    }
    return null;
  }

  /** Returns the saving of a job's state that nobody knows the LSN of, if there is one. */
  @Nullable SimulationOp uncertainSave() {
    for (SimulationOp op : ops) {
      if (op.kind == Kind.SAVE && op.lsn == 0) {
        return op;
      }
    }
    return null;
  }

  /** Returns the highest LSN of a reported change of a slot, 0 if there is none in this life. */
  long floor(Slot slot) {
    long floor = 0;
    for (SimulationOp op : bySlot.getOrDefault(slot, List.of())) {
      floor = op.returned ? Math.max(floor, op.lsn) : floor;
    }
    for (SimulationOp op : clears.getOrDefault(slot.tableId, List.of())) {
      floor = op.returned ? Math.max(floor, op.lsn) : floor;
    }
    return floor;
  }

  /**
   * Returns what a look at a slot may have found that began when the slot's floor was this: puts,
   * and null for nothing.
   */
  List<@Nullable SimulationOp> candidates(Slot slot, long floor) {
    List<@Nullable SimulationOp> found = new ArrayList<>();
    if (floor == 0) {
      found.add(base.entries.get(slot));
    }
    for (SimulationOp op : bySlot.getOrDefault(slot, List.of())) {
      if (op.knownLsn() != 0 && op.knownLsn() >= floor) {
        found.add(op.kind == Kind.PUT ? op : null);
      }
    }
    for (SimulationOp op : clears.getOrDefault(slot.tableId, List.of())) {
      if (op.lsn == 0 || op.lsn >= floor) {
        found.add(null);
      }
    }
    return found;
  }
}
