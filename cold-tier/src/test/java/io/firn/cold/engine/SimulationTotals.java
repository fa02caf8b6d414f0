// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Step;
import io.firn.cold.testkit.SimThreads;
import java.util.LinkedHashMap;
import java.util.Map;

/** What runs of the simulation met. One task at a time. */
final class SimulationTotals {
  long seeds;
  long operations;
  long crashes;
  long inCheckpoint;
  long inManifest;
  long inRecycle;
  long inRecovery;
  long soonAgain;
  long growths;
  long splits;
  long pageReuse;
  long numberReuse;
  long diskFull;
  long enospc;
  long eio;
  long tornFrames;
  long batches;
  long batchesDropped;
  long segmentsDropped;
  long recordsMoved;
  long movesLost;
  long walksFailed;
  long reuseAfterMove;
  long repaired;
  long failedForces;
  long fullRemovals;
  long verifications;
  long archived;
  long stepsHeld;
  long jobsSaved;
  long segmentsSwept;
  long recordsSwept;
  long jobsRecovered;

  /** Records that were removed though nobody asked for it; only where the store has a limit. */
  long evicted;

  /** Writes that found room after they had waited. */
  long served;

  void crashed(SimThreads threads, boolean soon) {
    crashes++;
    inCheckpoint += one(threads.crashedIn("Checkpointer.checkpoint"));
    inManifest += one(threads.crashedIn("ManifestStore.write"));
    inRecycle += one(threads.crashedIn("Log.retire") || threads.crashedIn("Log.openNext"));
    inRecovery += one(threads.crashedIn("StoreOpening.open"));
    tornFrames += one(threads.crashedIn("SimRegion.publish"));
    soonAgain += one(soon);
  }

  void ended(SimThreads threads, Engine engine, Iterable<Table> tables) {
    archived += one(engine.archive().bytes() > 0);
    long grown = threads.steps(Step.GROW);
    long parts = 0;
    for (Table table : tables) {
      parts += table.index().partitions().size() - 1;
    }
    segmentsDropped += threads.steps(Step.DROPPED);
    served += engine.pressure().served();
    splits += Math.min(grown, parts);
    growths += Math.max(0, grown - parts);
  }

  private static long one(boolean met) {
    return met ? 1 : 0;
  }

  void add(SimulationTotals other) {
    seeds += other.seeds;
    operations += other.operations;
    crashes += other.crashes;
    inCheckpoint += other.inCheckpoint;
    inManifest += other.inManifest;
    inRecycle += other.inRecycle;
    inRecovery += other.inRecovery;
    soonAgain += other.soonAgain;
    growths += other.growths;
    splits += other.splits;
    pageReuse += other.pageReuse;
    numberReuse += other.numberReuse;
    diskFull += other.diskFull;
    enospc += other.enospc;
    eio += other.eio;
    tornFrames += other.tornFrames;
    batches += other.batches;
    batchesDropped += other.batchesDropped;
    segmentsDropped += other.segmentsDropped;
    recordsMoved += other.recordsMoved;
    movesLost += other.movesLost;
    walksFailed += other.walksFailed;
    reuseAfterMove += other.reuseAfterMove;
    repaired += other.repaired;
    failedForces += other.failedForces;
    fullRemovals += other.fullRemovals;
    verifications += other.verifications;
    archived += other.archived;
    stepsHeld += other.stepsHeld;
    jobsSaved += other.jobsSaved;
    segmentsSwept += other.segmentsSwept;
    recordsSwept += other.recordsSwept;
    jobsRecovered += other.jobsRecovered;
    evicted += other.evicted;
    served += other.served;
  }

  /** Returns how often each thing was met that a run must meet. */
  Map<String, Long> mustBeMet() {
    Map<String, Long> met = new LinkedHashMap<>();
    met.put("crash inside a checkpoint", inCheckpoint);
    met.put("crash in a manifest write", inManifest);
    met.put("crash in a log recycle", inRecycle);
    met.put("crash in recovery", inRecovery);
    met.put("second crash soon after recovery", soonAgain);
    met.put("partition growth", growths);
    met.put("partition split", splits);
    met.put("page reuse", pageReuse);
    met.put("number reuse", numberReuse);
    met.put("ENOSPC", enospc + diskFull);
    met.put("EIO", eio);
    met.put("torn frame", tornFrames);
    met.put("batch committed", batches);
    met.put("batch dropped", batchesDropped);
    met.put("segment dropped", segmentsDropped);
    met.put("record relocated", recordsMoved);
    met.put("relocation lost the race", movesLost);
    met.put("page reused after relocation", reuseAfterMove);
    met.put("carried record repaired", repaired);
    met.put("force failed", failedForces);
    met.put("removal on a full disk", fullRemovals);
    met.put("verification", verifications);
    met.put("life with archived log", archived);
    met.put("segment emptied in steps", stepsHeld);
    met.put("job state saved", jobsSaved);
    met.put("segment swept unread", segmentsSwept);
    met.put("record swept unread", recordsSwept);
    met.put("job state recovered", jobsRecovered);
    return met;
  }

  @Override
  public String toString() {
    return seeds
        + " seeds, "
        + operations
        + " operations, "
        + crashes
        + " crashes, "
        + walksFailed
        + " pages evacuated through the index: "
        + mustBeMet();
  }
}
