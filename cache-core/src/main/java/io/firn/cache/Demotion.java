// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cold.ColdTable;
import io.firn.cold.ColdWrite;
import io.firn.cold.agent.Agent;
import io.firn.cold.agent.AgentHandle;
import io.firn.cold.agent.SystemThreads;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.Loggers;
import io.firn.cold.model.OversizedValueException;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.model.TimeSource;
import io.firn.cold.model.WriteTimeoutException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.varhandle.MpscVarHandleArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Writes the values of a write-back cache to disk, on a thread of its own: those that have left the
 * hot tier, those that have waited for the delay, and all of them while more than half of the bound
 * wait. {@link #flush} does the same on the caller's thread.
 *
 * <p>A write that the disk has no room for, or cannot take now, ends the look; all that waits is
 * tried again at the next one. Such a write may have waited for room, so one at a time is enough.
 */
final class Demotion<K, V> implements Agent {
  private static final Logger LOG = Loggers.of(Demotion.class);
  private static final int QUEUE_CAPACITY = 4096;
  private static final int KEYS_PER_SLICE = 64;
  private static final long LOOKS_PER_DELAY = 4;
  private static final long LONGEST_IDLE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final ColdTable table;
  private final DirtyEntries<K, V> dirty;
  private final Loads<V> loads;
  private final ScratchPool<K, V> pool;
  private final CacheCounters counters;
  private final TimeSource time;
  private final long delayNanos;
  private final long maximumEntries;

  /* Keys that have left the hot tier. One that finds no room waits for its delay. */
  private final MessagePassingQueue<Object> evicted = new MpscVarHandleArrayQueue<>(QUEUE_CAPACITY);

  private volatile @Nullable AgentHandle handle;
  private volatile boolean stopping;

  /** Owned by the agent's thread. */
  private long lookedAtNanos;

  Demotion(
      ColdTable table,
      DirtyEntries<K, V> dirty,
      Loads<V> loads,
      ScratchPool<K, V> pool,
      CacheCounters counters,
      TimeSource time,
      long delayNanos,
      long maximumEntries) {
    this.table = table;
    this.dirty = dirty;
    this.loads = loads;
    this.pool = pool;
    this.counters = counters;
    this.time = time;
    this.delayNanos = delayNanos;
    this.maximumEntries = maximumEntries;
    this.lookedAtNanos = time.nanoTime();
  }

  /** Starts the thread. */
  void start() {
    handle = new SystemThreads("firn").start(this);
  }

  /** Tells whether a put may leave its value to this. */
  boolean hasRoom() {
    return dirty.size() < maximumEntries;
  }

  /** Hears that a value has waited to be written since now; never waits. */
  void added() {
    if (isCrowded()) {
      wake();
    }
  }

  /** Hears that a key has left the hot tier. Called in the key's step; never waits. */
  void evicted(Object hotKey) {
    if (dirty.contains(hotKey)) {
      boolean unused = evicted.offer(hotKey);
    }
  }

  private boolean isCrowded() {
    return dirty.size() > maximumEntries / 2;
  }

  private void wake() {
    AgentHandle running = handle;
    if (running != null) {
      running.wake();
    }
  }

  @Override
  public int doWork() {
    try {
      return writeEvicted() + writeAged();
    } catch (DiskFullException | WriteTimeoutException | StoreIoException e) {
      return 0;
    }
  }

  private int writeEvicted() {
    int done = 0;
    while (done < KEYS_PER_SLICE && !stopping) {
      Object hotKey = evicted.poll();
      if (hotKey == null) {
        break;
      }
      DirtyEntry<K, V> entry = dirty.entry(hotKey);
      if (entry != null) {
        boolean unused = write(hotKey, entry);
      }
      done++;
    }
    return done;
  }

  private int writeAged() {
    boolean crowded = isCrowded();
    long now = time.nanoTime();
    if (!crowded && now - lookedAtNanos < delayNanos / LOOKS_PER_DELAY) {
      return 0;
    }
    lookedAtNanos = now;
    long ageNanos = crowded ? 0 : delayNanos - delayNanos / LOOKS_PER_DELAY;
    int done = 0;
    for (Map.Entry<Object, DirtyEntry<K, V>> each : dirty.all()) {
      if (stopping) {
        break;
      }
      if (now - each.getValue().sinceNanos() >= ageNanos && write(each.getKey(), each.getValue())) {
        done++;
      }
    }
    return done;
  }

  /**
   * Writes all values that were put before the call.
   *
   * @throws FirnException the first failure; what was not written then still waits
   */
  void flush() {
    for (Map.Entry<Object, DirtyEntry<K, V>> each : dirty.all()) {
      boolean unused = write(each.getKey(), each.getValue());
    }
  }

  /* Tells whether there was anything to do. */
  private boolean write(Object hotKey, DirtyEntry<K, V> entry) {
    if (dirty.isExpired(entry)) {
      return dirty.discard(hotKey, entry);
    }
    Scratch<K, V> scratch = pool.take();
    try {
      if (!encode(entry, scratch)) {
        counters.shed.increment();
        return dirty.discard(hotKey, entry);
      }
      try (ColdWrite write = scratch.preparePut(table, entry.lifespan())) {
        long lsn = loads.commitAt(entry.hash(), () -> dirty.commitDemotion(hotKey, entry, write));
        if (lsn != HotTier.NOT_COMMITTED) {
          counters.demotions.increment();
        }
        return true;
      }
    } catch (OversizedValueException e) {
      counters.shed.increment();
      return dirty.discard(hotKey, entry);
    } finally {
      pool.release(scratch);
    }
  }

  /* A codec that refuses a value must not keep the others from the disk. */
  @SuppressWarnings("CatchingUnchecked") // a codec in another language may throw a checked one
  private boolean encode(DirtyEntry<K, V> entry, Scratch<K, V> scratch) {
    try {
      scratch.encodeKey(entry.key());
      scratch.hash(entry.hash());
      scratch.encodeValue(entry.value());
      return true;
    } catch (Exception e) {
      return false;
    }
  }

  @Override
  public long idleNanos() {
    return Math.min(LONGEST_IDLE_NANOS, Math.max(1, delayNanos / LOOKS_PER_DELAY));
  }

  @Override
  public String roleName() {
    return "demotion " + table.name();
  }

  /** Writes what waits before the cache closes; what cannot be written is lost, and counted. */
  void writeLast(String cache) {
    try {
      flush();
    } catch (FirnException e) {
      long lost = dirty.size();
      counters.shed.add(lost);
      LOG.warn("cache '{}' closes without {} values that were not on disk yet", cache, lost, e);
    }
  }

  /** Ends the thread; what waits is not written. */
  void stop() {
    stopping = true;
    AgentHandle running = handle;
    handle = null;
    if (running != null) {
      running.close();
    }
  }
}
