// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.agent.SystemThreads;
import io.firn.cold.model.StoreIoException;
import java.lang.Thread.State;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** One caller forces, the others wait for it; nobody returns too early, nobody waits for ever. */
class GroupCommitTest {
  private static final int CALLERS = 8;
  private static final int COMMITS = 2_000;
  private static final int FAILING = 7;

  /** Only a caller that is never woken takes so long. */
  private static final long HANGS_MILLIS = 60_000;

  private final AtomicLong end = new AtomicLong();
  private final AtomicLong durable = new AtomicLong();
  private final AtomicInteger forcing = new AtomicInteger();
  private final AtomicInteger forces = new AtomicInteger();
  private final GroupCommit group = new GroupCommit(new SystemThreads("test"), durable::get);

  /** Forces what is there when it begins; each seventh force fails. */
  private void force() {
    assertThat(forcing.incrementAndGet()).isEqualTo(1);
    long upTo = end.get();
    boolean fails = forces.incrementAndGet() % FAILING == 0;
    int unused = forcing.decrementAndGet();
    if (fails) {
      throw new StoreIoException("planned", null);
    }
    durable.set(upTo);
  }

  private int commits() {
    int failed = 0;
    for (int i = 0; i < COMMITS; i++) {
      long lsn = end.incrementAndGet();
      try {
        group.await(lsn, this::force);
        assertThat(durable.get()).isGreaterThanOrEqualTo(lsn);
      } catch (StoreIoException e) {
        failed++;
      }
    }
    return failed;
  }

  @Test
  void everyCallerReturnsDurable_orWithTheFailureOfItsOwnForce() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(CALLERS);
    try {
      List<Future<Integer>> callers = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        callers.add(executor.submit(this::commits));
      }
      int failed = 0;
      for (Future<Integer> caller : callers) {
        failed += caller.get();
      }
      assertThat(failed).isEqualTo(forces.get() / FAILING);
      assertThat(forces.get()).isLessThanOrEqualTo(CALLERS * COMMITS);
    } finally {
      executor.shutdownNow();
    }
  }

  @Test
  void whatIsDurableNeedsNoForce_andAfterAFailureTheNextForces() {
    group.await(0, () -> assertThat(false).as("a force").isTrue());
    long lsn = end.incrementAndGet();
    assertThatThrownBy(
            () ->
                group.await(
                    lsn,
                    () -> {
                      throw new StoreIoException("planned", null);
                    }))
        .isInstanceOf(StoreIoException.class);
    group.await(lsn, this::force);
    assertThat(durable.get()).isEqualTo(lsn);
  }

  @Test
  void whoeverWaits_returnsWithTheForceThatCoversIt() throws InterruptedException {
    List<Thread> waiters = new ArrayList<>();
    AtomicInteger returned = new AtomicInteger();
    long last = end.addAndGet(CALLERS);
    group.await(
        last,
        () -> {
          for (int i = 1; i <= CALLERS; i++) {
            waiters.add(startWaiting(i, returned));
          }
          while (!waiters.stream().allMatch(thread -> thread.getState() == State.WAITING)) {
            Thread.onSpinWait();
          }
          force();
        });
    for (Thread waiter : waiters) {
      waiter.join(HANGS_MILLIS);
    }
    assertThat(returned).hasValue(CALLERS);
    assertThat(forces).hasValue(1);
  }

  private Thread startWaiting(long lsn, AtomicInteger returned) {
    Thread thread =
        new Thread(
            () -> {
              group.await(lsn, this::force);
              int unused = returned.incrementAndGet();
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
