// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.kill;

import io.firn.cache.Firn;
import io.firn.cache.TieredCache;
import io.firn.examples.run.Stopwatch;
import io.firn.examples.run.StoreSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/** Reopens the store after a kill and compares every key with what the journals say. */
public final class KillCheck {
  private KillCheck() {}

  /**
   * What a check found.
   *
   * @param acknowledged operations whose return was reported
   * @param inDoubt operations that had begun, at most one per thread
   * @param openNanos from the call of {@code open} until the cache could be used
   * @param verdicts how many keys got each verdict; a verdict that none got counts 0
   */
  public record Result(
      long acknowledged, long inDoubt, long openNanos, Map<KillVerdict, Integer> verdicts) {
    /** Copies the map. */
    public Result {
      Map<KillVerdict, Integer> all = new EnumMap<>(KillVerdict.class);
      for (KillVerdict verdict : KillVerdict.values()) {
        all.put(verdict, verdicts.getOrDefault(verdict, 0));
      }
      verdicts = Collections.unmodifiableMap(all);
    }

    /** Returns how many keys got {@code verdict}. */
    public int count(KillVerdict verdict) {
      return verdicts.getOrDefault(verdict, 0);
    }

    /** Returns whether every key was judged and none was lost, older, resurrected or wrong. */
    public boolean isClean() {
      return count(KillVerdict.FOUND) + count(KillVerdict.GONE) == KillPlan.KEYS;
    }
  }

  /** Checks the store after {@code round} and keeps the settled state for the next round. */
  public static Result run(KillPlan plan, int round) throws IOException {
    KillModel model = KillModel.load(plan.model());
    long acknowledged = 0;
    long inDoubt = 0;
    for (int thread = 0; thread < KillPlan.THREADS; thread++) {
      Path journal = plan.journal(round, thread);
      if (Files.exists(journal)) {
        KillJournal.Content content = KillJournal.read(journal);
        model.apply(content);
        acknowledged += content.acknowledged().size();
        inDoubt += content.inDoubt().size();
      }
    }
    Stopwatch opening = Stopwatch.started();
    try (Firn firn = StoreSettings.open(plan.store());
        TieredCache<Long, byte[]> cache = plan.openCache(firn)) {
      long openNanos = opening.nanos();
      Map<KillVerdict, Integer> verdicts = judgeAll(plan, model, cache);
      model.save(plan.model());
      return new Result(acknowledged, inDoubt, openNanos, verdicts);
    }
  }

  static Map<KillVerdict, Integer> judgeAll(
      KillPlan plan, KillModel model, TieredCache<Long, byte[]> cache) {
    Map<KillVerdict, Integer> verdicts = new EnumMap<>(KillVerdict.class);
    for (int key = 0; key < KillPlan.KEYS; key++) {
      byte[] value = cache.getIfPresent((long) key);
      Integer version = (value == null) ? null : KillValue.intactVersion(plan.seed(), key, value);
      verdicts.merge(model.judge(key, version), 1, Integer::sum);
      model.accept(key, version);
    }
    return verdicts;
  }
}
