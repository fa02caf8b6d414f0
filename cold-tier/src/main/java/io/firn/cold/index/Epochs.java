// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Tells when every reader that could still use something unreachable has left, and frees it then.
 *
 * <p>Readers call {@link #enter} before they look something up and {@link #leave} in a {@code
 * finally}; any number of threads, virtual ones too, may be inside, also several times. Whoever
 * takes something out of reach calls {@link #retire}, or {@link #stamp} and later {@link #isPast}.
 * One agent calls {@link #advance} and {@link #freePast} again and again. Thread-safe; nothing here
 * blocks.
 */
public final class Epochs implements AutoCloseable {
  /* A reader counts itself in one cell, chosen by its thread and by the parity of the generation, and
   * the ticket brings it back to the same cell, so a cell that reads 0 held nobody at that moment. The
   * generation moves from g to g + 1 only after every cell of the other parity read 0 since g began;
   * no new reader chooses those, so they drain.
   *
   * How many moves make a stamp safe. Let s be the generation at the stamp. The checks for the move to
   * s + 1 may have run before the stamp, and a reader that read the generation long ago may have
   * counted itself between that check and the stamp. Checks for the moves to s + 2 and s + 3 all run
   * after it and cover both parities, so at s + 3 every cell read 0 after the stamp: whoever was inside
   * then has left. A reader that counts itself later sees what was unreachable at the stamp as such:
   * its count is a sequentially consistent update before its first look, and stamp() is a full fence
   * after the last change.
   *
   * Cost for a reader: two uncontended atomic additions. Cells of two stripes are 128 bytes apart
   * because adjacent cache lines are fetched in pairs.
   *
   * McKenney et al.: sleepable RCU (SRCU), whose two flips and second check this follows. */

  static final int SAFE_MOVES = 3;

  /** Enough for every stamp that was taken before. */
  private static final int MOVES = 4;

  private static final int STRIPE_LONGS = 16;
  private static final int MAX_STRIPES = 64;
  private static final long MIX = 0x9E3779B97F4A7C15L;
  private static final VarHandle CELL = MethodHandles.arrayElementVarHandle(long[].class);

  private final int movesNeeded;
  private final int stripeShift;
  private final int stripes;
  private final long[] cells;
  private final Queue<Retired> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean advancing = new AtomicBoolean();
  private final AtomicBoolean freeing = new AtomicBoolean();
  private volatile long generation;
  private long watchedGeneration = -1;
  private long watchedSinceNanos;

  private record Retired(long stamp, Runnable free) {}

  /** Creates epochs with nobody inside, sized for this machine's processors. */
  public Epochs() {
    this(stripesFor(Runtime.getRuntime().availableProcessors()), SAFE_MOVES);
  }

  Epochs(int stripes, int movesNeeded) {
    this.stripes = stripes;
    this.stripeShift = Long.SIZE - Integer.numberOfTrailingZeros(stripes);
    this.movesNeeded = movesNeeded;
    this.cells = new long[(stripes + 1) * STRIPE_LONGS];
  }

  private static int stripesFor(int processors) {
    int wanted = Math.min(MAX_STRIPES, 4 * processors);
    return Integer.highestOneBit(Math.max(2, wanted));
  }

  /** Enters and returns the ticket for {@link #leave}, which any thread may call. */
  public int enter() {
    int cell = stripe() * STRIPE_LONGS + (int) (generation & 1);
    long unused = (long) CELL.getAndAdd(cells, cell + STRIPE_LONGS, 1L);
    return cell;
  }

  /** Leaves; once per ticket. What was looked up inside must not be used any more. */
  public void leave(int ticket) {
    long unused = (long) CELL.getAndAdd(cells, ticket + STRIPE_LONGS, -1L);
  }

  private int stripe() {
    return stripes == 1 ? 0 : (int) ((Thread.currentThread().getId() * MIX) >>> stripeShift);
  }

  /** Returns a stamp for {@link #isPast}, to be taken after something became unreachable. */
  public long stamp() {
    VarHandle.fullFence();
    return generation;
  }

  /** Returns whether every reader that was inside when the stamp was taken has left. */
  public boolean isPast(long stamp) {
    return generation - stamp >= movesNeeded;
  }

  /**
   * Moves the generation as far as readers allow, at most as far as every present stamp needs.
   * Returns at once if another thread is at it.
   *
   * @return whether it moved
   */
  @CanIgnoreReturnValue
  public boolean advance() {
    if (!advancing.compareAndSet(false, true)) {
      return false;
    }
    try {
      long first = generation;
      long next = first + 1;
      while (next <= first + movesNeeded && isEmpty((int) next & 1)) {
        generation = next;
        next++;
      }
      return next > first + 1;
    } finally {
      advancing.set(false);
    }
  }

  private boolean isEmpty(int parity) {
    for (int stripe = 1; stripe <= stripes; stripe++) {
      if ((long) CELL.getVolatile(cells, stripe * STRIPE_LONGS + parity) != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Queues an action to run when every reader inside has left; call it after the thing became
   * unreachable. Never blocks and never runs the action itself.
   *
   * @param free must be short and must not throw
   */
  public void retire(Runnable free) {
    waiting.add(new Retired(stamp(), free));
  }

  /** Moves the generation as far as it goes, and runs what no reader can need any more. */
  public void turnOver() {
    for (int i = 0; i < MOVES; i++) {
      advance();
    }
    freePast();
  }

  /**
   * Runs the queued actions whose readers have left, oldest first. Returns at once if another
   * thread is at it.
   *
   * @return how many ran
   */
  @CanIgnoreReturnValue
  public int freePast() {
    if (!freeing.compareAndSet(false, true)) {
      return 0;
    }
    try {
      int freed = 0;
      for (Retired head = waiting.peek();
          head != null && isPast(head.stamp);
          head = waiting.peek()) {
        waiting.remove();
        freed++;
        head.free.run();
      }
      return freed;
    } finally {
      freeing.set(false);
    }
  }

  /** Returns whether actions are waiting; approximate while others add some. */
  public boolean hasWaiting() {
    return !waiting.isEmpty();
  }

  /**
   * Returns how long at least the oldest reader has been inside as far as this method saw it, or 0
   * if nobody holds up the generation. Only the agent that calls {@link #advance} may call it,
   * regularly.
   *
   * @param nowNanos monotonic time
   */
  public long longestInsideNanos(long nowNanos) {
    long current = generation;
    if (current != watchedGeneration || isEmpty((int) (current + 1) & 1)) {
      watchedGeneration = current;
      watchedSinceNanos = nowNanos;
      return 0;
    }
    return nowNanos - watchedSinceNanos;
  }

  /** Runs every queued action. No reader may be inside or come any more. */
  @Override
  public void close() {
    for (Retired next = waiting.poll(); next != null; next = waiting.poll()) {
      next.free.run();
    }
  }
}
