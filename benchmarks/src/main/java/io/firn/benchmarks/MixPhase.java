// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import io.firn.benchmarks.subject.Subject;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Gets and puts of entries that all exist, as many of the one as of the other, some far more often
 * than others ({@link Ranks}). What is read is checked outside of the timed calls.
 */
final class MixPhase {
  private static final int BLOCK = 512;

  private final Subject subject;
  private final Documents documents;
  private final Ranks ranks;
  private long misses;
  private long wrong;

  MixPhase(Subject subject, Documents documents, long entries) {
    this.subject = subject;
    this.documents = documents;
    this.ranks = new Ranks(entries);
  }

  Timing run(int threads, long calls, long seed) {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    SplittableRandom random = new SplittableRandom(seed);
    try {
      List<Future<Share>> running = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        SplittableRandom own = random.split();
        running.add(executor.submit(() -> share(own, calls / threads)));
      }
      Timing all = new Timing();
      double perSecond = 0;
      for (Future<Share> future : running) {
        Share share = future.get();
        all.merge(share.timing);
        misses += share.misses;
        wrong += share.wrong;
        perSecond += share.timing.calls() * 1e9 / share.nanos;
      }
      all.addWall((long) (all.calls() * 1e9 / perSecond));
      return all;
    } catch (ExecutionException e) {
      throw new IllegalStateException("a call failed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } finally {
      executor.shutdown();
    }
  }

  long misses() {
    return misses;
  }

  long wrong() {
    return wrong;
  }

  private Share share(SplittableRandom random, long calls) {
    Share share = new Share();
    long[] numbers = new long[BLOCK];
    byte[][] keys = new byte[BLOCK][];
    byte[] @Nullable [] values = new byte[BLOCK] @Nullable [];
    byte[] @Nullable [] found = new byte[BLOCK] @Nullable [];
    for (long done = 0; done < calls; done += BLOCK) {
      for (int i = 0; i < BLOCK; i++) {
        numbers[i] = ranks.draw(random);
        keys[i] = documents.key(numbers[i]);
        values[i] = random.nextBoolean() ? documents.value(numbers[i]) : null;
      }
      long start = System.nanoTime();
      for (int i = 0; i < BLOCK; i++) {
        long begin = System.nanoTime();
        byte[] value = values[i];
        if (value == null) {
          found[i] = subject.get(keys[i]);
        } else {
          subject.put(keys[i], value);
        }
        share.timing.add(System.nanoTime() - begin);
      }
      share.nanos += System.nanoTime() - start;
      check(share, numbers, values, found);
    }
    return share;
  }

  private void check(
      Share share, long[] numbers, byte[] @Nullable [] values, byte[] @Nullable [] found) {
    for (int i = 0; i < BLOCK; i++) {
      byte[] value = found[i];
      if (values[i] == null && value == null) {
        share.misses++;
      } else if (values[i] == null && value != null && !documents.matches(numbers[i], value)) {
        share.wrong++;
      }
    }
  }

  /** What one thread met. */
  private static final class Share {
    final Timing timing = new Timing();
    long nanos;
    long misses;
    long wrong;
  }
}
