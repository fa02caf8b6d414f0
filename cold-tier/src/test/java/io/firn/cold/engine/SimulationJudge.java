// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.engine.SimulationModel.Job;
import io.firn.cold.engine.SimulationModel.Slot;
import io.firn.cold.engine.SimulationModel.State;
import io.firn.cold.engine.SimulationOp.Kind;
import io.firn.cold.format.JobEntry;
import io.firn.cold.format.Octets;
import io.firn.cold.model.HashRange;
import io.firn.cold.segment.SpaceAudit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compares a store that was opened again with every state that it may have. */
final class SimulationJudge {
  private final SimulationWorld world;
  private final long bound;
  private final TreeMap<String, Integer> tables = new TreeMap<>();
  private final Map<Integer, List<@Nullable SimulationRead>> reads = new HashMap<>();
  private final Map<Integer, long[]> hashes = new HashMap<>();
  private final Map<Job, Octets> jobs = new HashMap<>();
  private final long now;
  private final long latest;
  private String nearest = "no state";
  private int nearestMisses = Integer.MAX_VALUE;

  private SimulationJudge(SimulationWorld world, long bound) {
    this.world = world;
    this.bound = bound;
    this.now = world.engine().wallMillis();
    this.latest = world.latestWallMillis();
    for (JobEntry job : world.engine().jobs().all()) {
      if (job.kind() == SimulationJobs.KIND) {
        jobs.put(new Job(job.tableId(), job.jobId()), job.state());
      }
    }
    for (String name : world.engine().tableNames()) {
      Table table = world.tables.get(name);
      if (table == null) {
        throw new AssertionError("no table object for " + name);
      }
      tables.put(name, table.id());
      List<@Nullable SimulationRead> values = new ArrayList<>();
      long[] hash = new long[world.shape.keys()];
      for (int key = 0; key < hash.length; key++) {
        values.add(world.read(table, key));
        hash[key] = world.hash(table, key);
      }
      reads.put(table.id(), values);
      hashes.put(table.id(), hash);
      checkWalk(table, values, hash);
      if (table.counters().damaged.sum() != 0 && !world.shape.collisions()) {
        throw new AssertionError("damage was counted in table " + name);
      }
    }
  }

  /**
   * Fails unless a walk over the table meets each hash once, and that of each key that is there.
   */
  private static void checkWalk(Table table, List<@Nullable SimulationRead> values, long[] hash) {
    Set<Long> met = new HashSet<>();
    long from = 0;
    do {
      HashRange range = table.reader().hashes(from, hash.length / 4);
      for (long each : range.hashes()) {
        if (!met.add(each)) {
          throw new AssertionError("a walk over table " + table.name() + " met a hash twice");
        }
      }
      from = range.next();
    } while (from != 0);
    for (int key = 0; key < hash.length; key++) {
      if (values.get(key) != null && !met.contains(hash[key])) {
        throw new AssertionError("a walk over table " + table.name() + " missed key " + key);
      }
    }
  }

  /**
   * Judges the store that is open, outside of a run.
   *
   * @param bound every change below this LSN must be in
   * @return the state that it has
   */
  static State judge(SimulationWorld world, long bound) {
    return new SimulationJudge(world, bound).find();
  }

  private State find() {
    List<SimulationOp> history = world.model.history();
    State state = search(history, null, 0);
    SimulationOp uncertain = world.model.uncertain();
    if (state == null && uncertain != null) {
      for (int at = 0; at <= history.size() && state == null; at++) {
        if ((at == history.size() || history.get(at).knownLsn() > uncertain.startLsn)
            && !isInside(history, at)) {
          state = search(history, uncertain, at);
        }
      }
    }
    if (state == null) {
      throw new AssertionError(
          "the store is no prefix of what was done that holds all below "
              + bound
              + "; nearest: "
              + nearest
              + "; changes: "
              + tail(history)
              + ", uncertain "
              + uncertain);
    }
    return state;
  }

  private static String tail(List<SimulationOp> history) {
    return history.subList(Math.max(0, history.size() - 30), history.size()).toString();
  }

  /** Tries every prefix; the longest that fits counts. */
  private @Nullable State search(List<SimulationOp> history, @Nullable SimulationOp more, int at) {
    List<SimulationOp> ops = new ArrayList<>(history);
    if (more != null) {
      ops.add(at, more);
    }
    int least = 0;
    for (int i = 0; i < ops.size(); i++) {
      if (ops.get(i).knownLsn() != 0 && ops.get(i).knownLsn() < bound) {
        least = i + 1;
      }
    }
    State state = world.model.base().copy();
    State found = null;
    int misses = misses(state, null);
    SimulationOp save = world.model.uncertainSave();
    for (int i = 0; i <= ops.size(); i++) {
      if (i > 0) {
        SimulationOp op = ops.get(i - 1);
        if (op.kind == Kind.SAVE) {
          state.apply(op);
        } else if (op.isRare()) {
          state.apply(op);
          misses = misses(state, null);
        } else {
          Slot slot = new Slot(op.tableId, op.hash);
          misses -= misses(state, slot);
          state.apply(op);
          misses += misses(state, slot);
        }
      }
      if (i >= least && !isInside(ops, i)) {
        boolean mayBeSaved =
            save != null && (i == ops.size() || ops.get(i).knownLsn() > save.startLsn);
        if (misses == 0 && jobsFit(state, mayBeSaved ? save : null)) {
          found = state.copy();
          found.jobs.clear();
          found.jobs.putAll(jobs);
        } else if (misses < nearestMisses) {
          nearestMisses = misses;
          nearest = i + " of " + ops.size() + " changes" + describe(state);
        }
      }
    }
    return found;
  }

  /** Compares the states of jobs; a save under way at the crash may be in or not. */
  private boolean jobsFit(State state, @Nullable SimulationOp save) {
    if (state.jobs.equals(jobs)) {
      return true;
    }
    State saved = state.copy();
    if (save != null) {
      saved.apply(save);
    }
    return saved.jobs.equals(jobs);
  }

  /** Tells whether a cut at an index would divide a batch. */
  private static boolean isInside(List<SimulationOp> ops, int index) {
    return index > 0
        && index < ops.size()
        && ops.get(index).batch != null
        && ops.get(index).batch == ops.get(index - 1).batch;
  }

  /** Counts the keys of a slot, or of everything, that do not read as a state says. */
  private int misses(State state, @Nullable Slot slot) {
    int misses = slot == null && !state.tables.equals(tables) ? 1 : 0;
    for (int id : slot == null ? reads.keySet() : List.of(slot.tableId())) {
      long[] hash = hashes.get(id);
      if (hash == null) {
        continue;
      }
      for (int key = 0; key < hash.length; key++) {
        if (slot == null || hash[key] == slot.hash()) {
          misses += isMiss(state, id, key, hash[key]) ? 1 : 0;
        }
      }
    }
    return misses;
  }

  private boolean isMiss(State state, int id, int key, long hash) {
    List<@Nullable SimulationRead> values = reads.getOrDefault(id, List.of());
    return !SimulationRead.matches(
        values.get(key), state.entries.get(new Slot(id, hash)), key, now, latest);
  }

  private String describe(State state) {
    StringBuilder text = new StringBuilder();
    if (!state.tables.equals(tables)) {
      text.append(", tables ").append(tables).append(" instead of ").append(state.tables);
    }
    if (!state.jobs.equals(jobs)) {
      text.append(", jobs ").append(jobs).append(" instead of ").append(state.jobs);
    }
    hashes.forEach(
        (id, hash) -> {
          for (int key = 0; key < hash.length; key++) {
            if (isMiss(state, id, key, hash[key])) {
              text.append(", key ").append(id).append('/').append(key).append(" reads as ");
              text.append(reads.getOrDefault(id, List.of()).get(key)).append(" instead of ");
              text.append(state.entries.get(new Slot(id, hash[key])));
            }
          }
        });
    return text.substring(0, Math.min(2000, text.length()));
  }

  /** Compares all charges with those that follow from the index; nobody may be at work. */
  static void auditSpace(SimulationWorld world) {
    for (Table table : world.engine().tables()) {
      while (table.sweep()) {
        world.threads().checkAlive();
      }
      List<Long> words = new ArrayList<>();
      table
          .index()
          .lockAll(
              partitions -> partitions.forEach(p -> p.forEach((hash, word) -> words.add(word))));
      SpaceAudit.check(table.space(), words);
      SnapshotAudit.check(table);
    }
    if (world.shape.faults() != SimulationShape.Faults.BROKEN && !world.shape.collisions()) {
      world.verified(world.engine().verify());
    }
  }
}
