// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.kill;

import io.firn.cache.Firn;
import io.firn.cache.TieredCache;
import io.firn.examples.run.StoreSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The child that is killed: four threads put, overwrite and remove keys as fast as they can and
 * announce each operation in their journal. Thread {@code t} alone writes the keys that are {@code
 * t} modulo four, so the order of the operations of a key is known.
 */
public final class KillWriter {
  private static final int REMOVES_PERCENT = 25;

  private final KillPlan plan;
  private final int round;
  private final KillModel model;

  private KillWriter(KillPlan plan, int round) throws IOException {
    this.plan = plan;
    this.round = round;
    this.model = KillModel.load(plan.model());
  }

  /** Writes until it is killed, or until it has written so much that the disk must be spared. */
  public static void main(String[] arguments) throws Exception {
    int round = Integer.parseInt(arguments[3]);
    new KillWriter(KillPlan.fromArguments(arguments), round).run();
  }

  private void run() throws IOException, InterruptedException, ExecutionException {
    ExecutorService threads = Executors.newFixedThreadPool(KillPlan.THREADS);
    try (Firn firn = StoreSettings.open(plan.store());
        TieredCache<Long, byte[]> cache = plan.openCache(firn)) {
      CompletionService<Boolean> writers = new ExecutorCompletionService<>(threads);
      for (int thread = 0; thread < KillPlan.THREADS; thread++) {
        int number = thread;
        Future<Boolean> unused = writers.submit(() -> write(cache, number));
      }
      for (int thread = 0; thread < KillPlan.THREADS; thread++) {
        // The first that fails ends the process, which nobody takes for a kill.
        writers.take().get();
      }
    } finally {
      threads.shutdown();
    }
  }

  private boolean write(TieredCache<Long, byte[]> cache, int thread) throws IOException {
    SplittableRandom random = new SplittableRandom(plan.seed() + 1_000L * round + thread);
    Path file = plan.journal(round, thread);
    try (KillJournal journal = KillJournal.create(file)) {
      for (int i = 0; i < KillPlan.MAXIMUM_OPERATIONS / KillPlan.THREADS; i++) {
        int slot = random.nextInt(KillPlan.KEYS / KillPlan.THREADS);
        int key = slot * KillPlan.THREADS + thread;
        boolean isRemove = random.nextInt(100) < REMOVES_PERCENT;
        Operation operation = new Operation(key, model.nextVersion(key), isRemove);
        journal.announce(operation);
        perform(cache, operation);
      }
      journal.end();
      return true;
    }
  }

  private void perform(TieredCache<Long, byte[]> cache, Operation operation) {
    Long key = (long) operation.key();
    if (operation.isRemove()) {
      cache.invalidate(key);
    } else {
      cache.put(key, KillValue.of(plan.seed(), key, operation.version()));
    }
  }
}
