// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.agent.SystemTime;
import io.firn.cold.io.AsyncIo.Backend;
import io.firn.cold.model.SteadyThread;
import io.firn.cold.model.TimeSource;
import io.firn.cold.model.UnsupportedHereException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class AsyncIoTest {
  /** A clock that advances by a fixed step whenever it is read. */
  private static final class SteppingTime implements TimeSource {
    private final AtomicLong nanos = new AtomicLong();
    private final long step;

    SteppingTime(long step) {
      this.step = step;
    }

    @Override
    public long wallMillis() {
      return 0;
    }

    @Override
    public long nanoTime() {
      return nanos.getAndAdd(step);
    }
  }

  private static AsyncIo open(String kind, TimeSource time) {
    return kind.equals("direct") ? new DirectIo(time) : AsyncIo.open(Backend.THREADS, 2, 4, time);
  }

  @ParameterizedTest
  @ValueSource(strings = {"direct", "threads"})
  void answersWithTheResult(String kind) {
    try (AsyncIo io = open(kind, SystemTime.INSTANCE)) {
      assertThat(io.submit(DiskOperation.READ, () -> 42).join()).isEqualTo(42);
      assertThat(io.stats().of(DiskOperation.READ).count()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"direct", "threads"})
  void failsWithAnIoExceptionWhateverIsThrown(String kind) {
    IOException planted = new IOException("planted");
    try (AsyncIo io = open(kind, SystemTime.INSTANCE)) {
      assertFailure(io, planted, planted);
      assertFailure(io, new UncheckedIOException(planted), planted);
      DiskFullIoException full = new DiskFullIoException("full", null);
      assertFailure(io, full, full);
      for (Throwable thrown : List.of(new IllegalStateException("x"), new AssertionError("y"))) {
        assertThatThrownBy(failing(io, thrown)::join)
            .cause()
            .isInstanceOf(IOException.class)
            .hasCause(thrown);
      }
      assertThat(io.submit(DiskOperation.WRITE, () -> "still alive").join())
          .isEqualTo("still alive");
      OperationStats stats = io.stats().of(DiskOperation.WRITE);
      assertThat(stats.count()).isEqualTo(6);
      assertThat(stats.failures()).isEqualTo(5);
    }
  }

  private static void assertFailure(AsyncIo io, Throwable thrown, IOException expected) {
    assertThatThrownBy(failing(io, thrown)::join)
        .isInstanceOf(CompletionException.class)
        .hasCause(expected);
  }

  private static CompletableFuture<String> failing(AsyncIo io, Throwable thrown) {
    return io.submit(
        DiskOperation.WRITE,
        () -> {
          throw IoErrors.rethrown(thrown);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"direct", "threads"})
  void refusesWorkAfterClose(String kind) {
    AsyncIo io = open(kind, SystemTime.INSTANCE);
    io.close();
    io.close();
    CompletableFuture<Integer> refused = io.submit(DiskOperation.FORCE, () -> 1);
    assertThatThrownBy(refused::join)
        .cause()
        .isInstanceOf(IOException.class)
        .hasMessageContaining("FORCE");
  }

  @Test
  void measuresEveryKindOnItsOwn() {
    try (AsyncIo io = new DirectIo(new SteppingTime(1_000_000))) {
      for (int i = 0; i < 9; i++) {
        assertThat(io.submit(DiskOperation.READ, AsyncIo.Call.ofBytes(100, () -> 1)))
            .isCompletedWithValue(1);
      }
      AsyncIoStats stats = io.stats();
      OperationStats reads = stats.of(DiskOperation.READ);
      assertThat(reads.count()).isEqualTo(9);
      assertThat(reads.bytes()).isEqualTo(900);
      assertThat(reads.failures()).isZero();
      assertThat(reads.meanNanos()).isBetween(0.98e6, 1.02e6);
      assertThat(reads.p50Nanos()).isBetween(980_000L, 1_020_000L);
      assertThat(reads.p99Nanos()).isBetween(980_000L, 1_020_000L);
      assertThat(reads.maxNanos()).isBetween(980_000L, 1_020_000L);
      assertThat(reads.perSecond()).isBetween(9 / 0.0191, 9 / 0.0189);
      assertThat(stats.of(DiskOperation.FORCE).count()).isZero();
      assertThat(stats.queued()).isZero();
      assertThat(stats.workers()).isZero();
      assertThat(io.stats().of(DiskOperation.READ).count()).isEqualTo(9);
    }
  }

  @Test
  void countsEndlessOperationsAsTheLongestThatItKnows() {
    try (AsyncIo io = new DirectIo(new SteppingTime(100 * OperationRecorder.MAX_NANOS))) {
      assertThat(io.submit(DiskOperation.DELETE, () -> 1)).isCompleted();
      assertThat(io.stats().of(DiskOperation.DELETE).maxNanos())
          .isGreaterThanOrEqualTo(OperationRecorder.MAX_NANOS);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Backend.class,
      names = {"IO_URING", "IORING"})
  void namesThePortableBackendWhereAnotherIsMissing(Backend backend) {
    assertThatThrownBy(() -> AsyncIo.open(backend, 1, 1, SystemTime.INSTANCE))
        .isInstanceOf(UnsupportedHereException.class)
        .hasMessageContaining(backend.name())
        .hasMessageContaining("THREADS");
  }

  @Test
  void refusesAPoolWithoutWorkersOrQueue() {
    assertThatThrownBy(() -> AsyncIo.open(Backend.THREADS, 0, 1, SystemTime.INSTANCE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> AsyncIo.open(Backend.THREADS, 1, 0, SystemTime.INSTANCE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void submittersWaitWhileTheQueueIsFullAndKeepTheirInterruptFlag() throws InterruptedException {
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch started = new CountDownLatch(1);
    List<CompletableFuture<Boolean>> futures = Collections.synchronizedList(new ArrayList<>());
    List<Boolean> flags = Collections.synchronizedList(new ArrayList<>());
    try (AsyncIo io = AsyncIo.open(Backend.THREADS, 1, 1, SystemTime.INSTANCE)) {
      futures.add(io.submit(DiskOperation.WRITE, () -> await(started, gate)));
      started.await();
      futures.add(io.submit(DiskOperation.WRITE, () -> true));
      assertThat(io.stats().queued()).isEqualTo(1);
      assertThat(io.stats().workers()).isEqualTo(1);
      Thread third =
          new Thread(
              () -> {
                futures.add(io.submit(DiskOperation.WRITE, () -> true));
                flags.add(Thread.interrupted());
              });
      third.start();
      while (third.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      third.interrupt();
      assertThat(futures).hasSize(2);
      gate.countDown();
      third.join();
      futures.forEach(future -> assertThat(future.join()).isTrue());
    }
    assertThat(futures).hasSize(3);
    assertThat(flags).containsExactly(true);
  }

  private static boolean await(CountDownLatch started, CountDownLatch gate) {
    started.countDown();
    boolean interrupted = false;
    while (gate.getCount() > 0) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return !interrupted;
  }

  @Test
  void aWorkerThatSubmitsRunsTheOperationItself() {
    try (AsyncIo io = AsyncIo.open(Backend.THREADS, 1, 1, SystemTime.INSTANCE)) {
      CompletableFuture<Integer> outer =
          io.submit(
              DiskOperation.WRITE,
              () -> {
                int sum = 0;
                for (int i = 0; i < 5; i++) {
                  sum += io.submit(DiskOperation.FORCE, () -> 1).join();
                }
                return sum;
              });
      assertThat(outer.join()).isEqualTo(5);
      assertThat(io.stats().of(DiskOperation.FORCE).count()).isEqualTo(5);
    }
  }

  @Test
  void whoIsNeverInterruptedRunsTheOperationItself_andWhoMayBeDoesNot() throws Exception {
    try (AsyncIo io = open("threads", SystemTime.INSTANCE)) {
      Thread.currentThread().interrupt();
      Thread other = io.run(DiskOperation.READ, Thread::currentThread);
      assertThat(Thread.interrupted()).isTrue();
      assertThat(other.getName()).startsWith("firn-io-");

      CompletableFuture<Thread> ran = new CompletableFuture<>();
      SteadyThread agent =
          new SteadyThread(
              () -> {
                try {
                  ran.complete(io.run(DiskOperation.READ, Thread::currentThread));
                } catch (IOException e) {
                  ran.completeExceptionally(e);
                }
              },
              "agent");
      agent.start();
      assertThat(ran.join()).isSameAs(agent);
      assertThat(io.stats().of(DiskOperation.READ).count()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"direct", "threads"})
  void runThrowsWhatTheOperationFailsWith(String kind) throws Exception {
    IOException planted = new IOException("planted");
    try (AsyncIo io = open(kind, SystemTime.INSTANCE)) {
      AsyncIo.Call<Integer> failing =
          () -> {
            throw planted;
          };
      assertThatThrownBy(() -> io.run(DiskOperation.WRITE, failing)).isSameAs(planted);
      CompletableFuture<Throwable> thrown = new CompletableFuture<>();
      new SteadyThread(
              () -> {
                try {
                  thrown.complete(new AssertionError(io.run(DiskOperation.WRITE, failing)));
                } catch (IOException e) {
                  thrown.complete(e);
                }
              },
              "agent")
          .start();
      assertThat(thrown.join()).isSameAs(planted);
      assertThat(io.stats().of(DiskOperation.WRITE).failures()).isEqualTo(2);
    }
  }

  @Test
  void closeFinishesWhatIsQueuedAndRefusesWhoWaits() throws InterruptedException {
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch started = new CountDownLatch(1);
    AsyncIo io = AsyncIo.open(Backend.THREADS, 1, 1, SystemTime.INSTANCE);
    CompletableFuture<Boolean> running = io.submit(DiskOperation.WRITE, () -> await(started, gate));
    started.await();
    CompletableFuture<Integer> queued = io.submit(DiskOperation.WRITE, () -> 2);
    List<CompletableFuture<Integer>> late = Collections.synchronizedList(new ArrayList<>());
    Thread submitter = new Thread(() -> late.add(io.submit(DiskOperation.WRITE, () -> 3)));
    submitter.start();
    while (submitter.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    List<Boolean> flags = Collections.synchronizedList(new ArrayList<>());
    Thread closer =
        new Thread(
            () -> {
              io.close();
              flags.add(Thread.interrupted());
            });
    closer.start();
    submitter.join();
    closer.interrupt();
    gate.countDown();
    closer.join();
    assertThat(flags).containsExactly(true);
    assertThat(running).isCompletedWithValue(true);
    assertThat(queued).isCompletedWithValue(2);
    assertThat(late).hasSize(1).allSatisfy(f -> assertThat(f).isCompletedExceptionally());
  }

  @Test
  void aWorkerMayCloseThePool() {
    AsyncIo io = AsyncIo.open(Backend.THREADS, 1, 1, SystemTime.INSTANCE);
    CompletableFuture<String> closing =
        io.submit(
            DiskOperation.WRITE,
            () -> {
              io.close();
              return Thread.currentThread().getName();
            });
    assertThat(closing.join()).isEqualTo("firn-io-1");
    io.close();
    assertThat(io.stats().of(DiskOperation.WRITE).count()).isEqualTo(1);
  }
}
