// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.engine.VerifyReport;
import io.firn.cold.testkit.CrashKind;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.ManualTime;
import io.firn.cold.testkit.SimCrash;
import io.firn.cold.testkit.SimDisk;
import io.firn.compaction.JobKind;
import io.firn.compaction.JobOutcome;
import io.firn.compaction.JobRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A stepped store with a job to do, whose disk gets into trouble at a chosen call. */
final class FaultyStore {
  private static final long TROUBLE_NANOS = 5 * Jobs.SECOND;
  private static final long LONGEST_NANOS = 400 * Jobs.SECOND;
  private static final long FIRST_BACK_OFF_MILLIS = 1_000;
  private static final int LOOKS_OF_A_STEP = 4;
  private static final int LOOKS_AFTER_A_JOB = 100;
  private static final int GONE = -1;
  private static final Set<VerifyReport.Kind> PAGES =
      Set.of(VerifyReport.Kind.PAGE, VerifyReport.Kind.SPACE);

  /** What happens to the disk. */
  enum Trouble {
    /** One call fails. */
    ONE_FAILURE,
    /** Every call fails for some time. */
    LASTING_FAILURE,
    /** There is no room for some time. */
    FULL,
    /** The machine loses its power. */
    POWER,
    /** The process ends. */
    PROCESS
  }

  private final ManualTime time = new ManualTime();
  private final long maximumBytes;
  private final JobKind kind;
  private final List<JobRecord> ended = new ArrayList<>();

  /** What each key must hold: the round that it was put in, or nothing. */
  private final Map<Integer, Integer> model = new HashMap<>();

  private SimDisk disk = new SimDisk(1);
  private SteppedStore store;
  private boolean mayEvict;
  private int nextLook;

  private @Nullable Trouble trouble;
  private long troubledCall;
  private boolean looking;
  private long calls;
  private boolean troubled;
  private long troubledNanos;
  private boolean lasts;
  private boolean failing;
  private @Nullable SimDisk crashed;

  FaultyStore(JobKind kind, long maximumBytes) {
    this.kind = kind;
    this.maximumBytes = maximumBytes;
    this.store = open();
    store.compaction().pause();
  }

  private SteppedStore open() {
    return SteppedStore.open(HookedDisk.of(disk, this::beforeCall), maximumBytes, time);
  }

  SteppedStore store() {
    return store;
  }

  void put(int key, int round, long expiresAtMillis) {
    store.put(key, round, expiresAtMillis);
    model.put(key, round);
  }

  void remove(int key) {
    assertThat(store.remove(SteppedStore.key(key))).isTrue();
    model.put(key, GONE);
  }

  /** From now on these keys are gone, as they have expired. */
  void expired(int from, int to) {
    for (int key = from; key < to; key++) {
      model.put(key, GONE);
    }
  }

  /** From now on keys may go, as the store lacks room. */
  void mayEvict() {
    mayEvict = true;
  }

  /** Makes all of it durable; then compaction may begin, and the trouble, if any, comes. */
  void begin(@Nullable Trouble next, long call) {
    store.engine().flush();
    calls = 0;
    trouble = next;
    troubledCall = call;
    store.compaction().resume();
  }

  /** Returns how many calls the workers made since the beginning. */
  long calls() {
    return calls;
  }

  boolean isTroubled() {
    return troubled;
  }

  List<JobRecord> ended() {
    return ended;
  }

  /** Returns the length of all data files. */
  long dataBytes() {
    return disk.sizes().entrySet().stream()
        .filter(file -> file.getKey().startsWith("data/"))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  private void beforeCall() {
    if (looking) {
      return;
    }
    calls++;
    Trouble next = trouble;
    if (next == null || calls < troubledCall) {
      return;
    }
    trouble = null;
    troubled = true;
    troubledNanos = time.nanoTime();
    switch (next) {
      case ONE_FAILURE -> disk.failCall(1, Fault.EIO);
      case LASTING_FAILURE -> {
        lasts = true;
        disk.failFrom(1, Fault.EIO);
      }
      case FULL -> {
        lasts = true;
        disk.quotaBytes(disk.allocatedBytes());
      }
      case POWER -> crashed = disk.crash(CrashKind.POWER);
      case PROCESS -> crashed = disk.crash(CrashKind.PROCESS);
    }
    failing = next == Trouble.LASTING_FAILURE;
  }

  /**
   * Lets the workers go on until the store is at rest, below so many bytes of data files, with a
   * job of its kind completed, and checks meanwhile that nothing is lost and nothing is back.
   */
  void goOn(long mostDataBytes) {
    long until = time.nanoTime() + LONGEST_NANOS;
    while (lasts || !isDone(mostDataBytes)) {
      if (time.nanoTime() - until > 0) {
        throw new AssertionError(
            "the space never comes back: %d of at most %d bytes, %s, jobs %s, ended %s"
                .formatted(
                    dataBytes(),
                    mostDataBytes,
                    store.engine().health(),
                    store.compaction().jobs(),
                    jobs()));
      }
      step();
    }
    note();
    looking = true;
    lookAtAll();
    checkJobs();
    verify();
    store.close();
    store = open();
    store.settle();
    lookAtAll();
    verify();
  }

  /** Pages into which the disk refused to write may not be walkable; their records are fine. */
  private void verify() {
    List<VerifyReport.Finding> findings = new ArrayList<>(store.verify().findings());
    if (disk.counters().faults(Fault.EIO) > 0) {
      findings.removeIf(each -> PAGES.contains(each.kind()));
    }
    assertThat(findings).isEmpty();
  }

  private boolean isDone(long mostDataBytes) {
    return dataBytes() <= mostDataBytes
        && store.isAtRest()
        && (jobs().isEmpty() || isWhole(jobs().get(0)));
  }

  /** A job that left something out at first counts as failed, even if none of its files is left. */
  private static boolean isWhole(JobRecord job) {
    return job.outcome() == JobOutcome.COMPLETED || job.problem().contains("of segments []");
  }

  private List<JobRecord> jobs() {
    return store.compaction().history();
  }

  private void step() {
    int endedBefore = jobs().size();
    try {
      int unused = store.step();
    } catch (SimCrash e) {
      assertThat(crashed).isNotNull();
    }
    SimDisk left = crashed;
    if (left != null) {
      note();
      crashed = null;
      disk = left;
      store = open();
      if (kind == JobKind.EXPIRY) {
        // What expires in files of an earlier life is not known.
        var unused = store.compaction().purgeExpired(SteppedStore.TABLE);
      }
      lookAtAll();
    } else if (lasts && time.nanoTime() - troubledNanos > TROUBLE_NANOS) {
      lasts = false;
      failing = false;
      disk.heal();
      disk.quotaBytes(Long.MAX_VALUE);
    }
    look(jobs().size() == endedBefore ? LOOKS_OF_A_STEP : LOOKS_AFTER_A_JOB);
  }

  private void note() {
    ended.addAll(0, jobs());
  }

  private void lookAtAll() {
    look(model.size());
  }

  /** Looks at some keys, in turn, on a disk that is well meanwhile. */
  private void look(int count) {
    boolean before = looking;
    looking = true;
    disk.heal();
    for (int i = 0; i < count; i++) {
      int key = nextLook++ % model.size();
      int round = model.getOrDefault(key, GONE);
      byte[] found = store.get(SteppedStore.key(key));
      if (found == null && mayEvict && round != GONE) {
        continue;
      }
      assertThat(found)
          .as("key %d of round %d", key, round)
          .isEqualTo(round == GONE ? null : SteppedStore.value(key, round));
    }
    looking = before;
    if (failing) {
      disk.failFrom(1, Fault.EIO);
    }
  }

  private void checkJobs() {
    for (int i = 0; i < ended.size(); i++) {
      JobRecord job = ended.get(i);
      assertThat(job.outcome()).isIn(JobOutcome.COMPLETED, JobOutcome.FAILED);
      assertThat(job.problem().isEmpty()).isEqualTo(job.outcome() == JobOutcome.COMPLETED);
      if (i > 0 && job.outcome() == JobOutcome.FAILED && kind != JobKind.EVICTION) {
        Instant failed = job.started().plus(job.duration());
        assertThat(ended.get(i - 1).started())
            .as("the next after %s", job)
            .isAfterOrEqualTo(failed.plusMillis(FIRST_BACK_OFF_MILLIS - 1));
      }
    }
  }
}
