// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import io.firn.benchmarks.subject.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * Puts a range of entries, in blocks. Keys and values of a block are made before its clock starts;
 * then all threads put their shares at the same time, so a block's time is that of the store alone.
 */
final class PutPhase {
  private static final int BLOCK = 512;

  private final Subject subject;
  private final Documents documents;
  private final int threads;

  PutPhase(Subject subject, Documents documents, int threads) {
    this.subject = subject;
    this.documents = documents;
    this.threads = threads;
  }

  @CanIgnoreReturnValue
  Timing run(long from, long to) {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      SpinBarrier barrier = new SpinBarrier(threads);
      List<Future<Share>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        running.add(executor.submit(() -> share(from, to, thread, barrier)));
      }
      List<Share> shares = new ArrayList<>();
      for (Future<Share> future : running) {
        shares.add(future.get());
      }
      return combine(shares);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a put failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      executor.shutdown();
    }
  }

  private Share share(long from, long to, int thread, SpinBarrier barrier) {
    Share share = new Share(new Timing(), new ArrayList<>(), new ArrayList<>());
    byte[][] keys = new byte[BLOCK][];
    byte[][] values = new byte[BLOCK][];
    long stride = (long) BLOCK * threads;
    for (long block = from; block < to; block += stride) {
      int count = 0;
      for (long n = block + thread; n < Math.min(to, block + stride); n += threads) {
        keys[count] = documents.key(n);
        values[count++] = documents.value(n);
      }
      barrier.await();
      long cpu = Timing.threadCpuNanos();
      share.starts.add(System.nanoTime());
      for (int i = 0; i < count; i++) {
        long begin = System.nanoTime();
        subject.put(keys[i], values[i]);
        share.timing.add(System.nanoTime() - begin);
      }
      share.ends.add(System.nanoTime());
      share.timing.addCpu(Timing.threadCpuNanos() - cpu);
    }
    return share;
  }

  private static Timing combine(List<Share> shares) {
    Timing all = new Timing();
    for (Share share : shares) {
      all.merge(share.timing);
    }
    int blocks = shares.get(0).starts.size();
    for (int block = 0; block < blocks; block++) {
      long start = Long.MAX_VALUE;
      long end = Long.MIN_VALUE;
      for (Share share : shares) {
        start = Math.min(start, share.starts.get(block));
        end = Math.max(end, share.ends.get(block));
      }
      all.addWall(end - start);
    }
    return all;
  }

  private record Share(Timing timing, List<Long> starts, List<Long> ends) {}

  /**
   * Lets all threads go at once. It spins, because a wake-up takes longer than many puts; more
   * threads than processors give way to each other.
   */
  private static final class SpinBarrier {
    private static final long PAUSE_NANOS = 10_000;
    private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

    private final int parties;
    private final AtomicInteger arrived = new AtomicInteger();

    SpinBarrier(int parties) {
      this.parties = parties;
    }

    void await() {
      int ticket = arrived.getAndIncrement();
      int generationEnd = (ticket / parties + 1) * parties;
      while (arrived.get() < generationEnd) {
        if (parties > PROCESSORS) {
          LockSupport.parkNanos(this, PAUSE_NANOS);
        } else {
          Thread.onSpinWait();
        }
      }
    }
  }
}
