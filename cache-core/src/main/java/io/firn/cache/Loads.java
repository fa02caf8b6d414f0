// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The loads under way in one cache, and the place where writes overtake them. Thread-safe.
 *
 * <p>Every commit to the cold tier runs under the lock of its key's stripe, together with marking
 * the key's load as overtaken; the value of a load is committed under the same lock, and only if it
 * is not marked. A load looks at both tiers once more after it was registered. So either a write
 * sees the load and marks it, or the load sees the write. Nothing waits while a stripe is locked,
 * but for a clear that is the first to use a part of the index. A batch locks the stripes of all
 * its keys and a clear locks all, in ascending order; nobody else locks more than one.
 */
final class Loads<V> {
  private static final int MAXIMUM_STRIPES = 1024;
  private static final int STRIPES_PER_PROCESSOR = 64;

  private static final class Stripe<V> extends ReentrantLock {
    private static final long serialVersionUID = 1L;
    private transient @Nullable Map<EncodedKey, Load<V>> loads;

    private Map<EncodedKey, Load<V>> loads() {
      if (loads == null) {
        loads = new HashMap<>();
      }
      return loads;
    }
  }

  private final Stripe<V>[] stripes;

  Loads(int processors) {
    int wanted = Math.min(MAXIMUM_STRIPES, processors * STRIPES_PER_PROCESSOR);
    stripes = newStripes(Integer.highestOneBit(Math.max(1, wanted)));
  }

  /**
   * Registers {@code load}, or returns the one that its key already has. The caller may share the
   * value of that one unless it was overtaken already: the caller could have begun after the write
   * that overtook it.
   */
  @Nullable Load<V> begin(Load<V> load) {
    Stripe<V> stripe = stripe(load.key().hash());
    stripe.lock();
    try {
      Load<V> other = stripe.loads().putIfAbsent(load.key(), load);
      if (other != null && !other.isOvertaken()) {
        load.mayShare();
      }
      return other;
    } finally {
      stripe.unlock();
    }
  }

  /** Ends a registered load and wakes those who wait for it. */
  void end(Load<V> load) {
    Stripe<V> stripe = stripe(load.key().hash());
    Runnable afterwards;
    stripe.lock();
    try {
      stripe.loads().remove(load.key());
      afterwards = load.afterwards();
    } finally {
      stripe.unlock();
    }
    load.end();
    if (afterwards != null) {
      afterwards.run();
    }
  }

  /** Has {@code task} run by whoever ends {@code registered}; false if that has ended already. */
  boolean afterwards(Load<V> registered, Runnable task) {
    Stripe<V> stripe = stripe(registered.key().hash());
    stripe.lock();
    try {
      if (stripe.loads().get(registered.key()) != registered) {
        return false;
      }
      registered.afterwards(task);
      return true;
    } finally {
      stripe.unlock();
    }
  }

  /** Commits what the caller writes; a load of the key is overtaken by it. */
  long commit(long hash, byte[] key, int keyLength, LongSupplier commit) {
    Stripe<V> stripe = stripe(hash);
    stripe.lock();
    try {
      Map<EncodedKey, Load<V>> loads = stripe.loads;
      if (loads != null && !loads.isEmpty()) {
        overtake(loads, hash, key, keyLength);
      }
      return commit.getAsLong();
    } finally {
      stripe.unlock();
    }
  }

  /** Commits what changes nothing that a load of a key with this hash could see. */
  long commitAt(long hash, LongSupplier commit) {
    Stripe<V> stripe = stripe(hash);
    stripe.lock();
    try {
      return commit.getAsLong();
    } finally {
      stripe.unlock();
    }
  }

  /** Commits a batch; the loads of all of its keys are overtaken by it. */
  long commit(List<EncodedKey> keys, LongSupplier commit) {
    BitSet touched = new BitSet(stripes.length);
    keys.forEach(key -> touched.set(stripeOf(key.hash())));
    touched.stream().forEach(i -> stripes[i].lock());
    try {
      for (EncodedKey key : keys) {
        Map<EncodedKey, Load<V>> loads = stripe(key.hash()).loads;
        Load<V> load = loads == null ? null : loads.get(key);
        if (load != null) {
          load.overtake();
        }
      }
      return commit.getAsLong();
    } finally {
      touched.stream().forEach(i -> stripes[i].unlock());
    }
  }

  /**
   * Commits the outcome of {@code load}, unless it was overtaken.
   *
   * @return the LSN, or {@link HotTier#NOT_COMMITTED}
   */
  long commitUnlessOvertaken(Load<V> load, LongSupplier commit) {
    Stripe<V> stripe = stripe(load.key().hash());
    stripe.lock();
    try {
      return load.isOvertaken() ? HotTier.NOT_COMMITTED : commit.getAsLong();
    } finally {
      stripe.unlock();
    }
  }

  /** Commits what concerns every key; all loads are overtaken by it. */
  long commitAll(LongSupplier commit) {
    for (Stripe<V> stripe : stripes) {
      stripe.lock();
    }
    try {
      for (Stripe<V> stripe : stripes) {
        if (stripe.loads != null) {
          stripe.loads.values().forEach(Load::overtake);
        }
      }
      return commit.getAsLong();
    } finally {
      for (Stripe<V> stripe : stripes) {
        stripe.unlock();
      }
    }
  }

  private static <V> void overtake(
      Map<EncodedKey, Load<V>> loads, long hash, byte[] key, int keyLength) {
    for (Load<V> load : loads.values()) {
      if (load.key().hash() == hash && load.key().matches(key, keyLength)) {
        load.overtake();
      }
    }
  }

  private Stripe<V> stripe(long hash) {
    return stripes[stripeOf(hash)];
  }

  private int stripeOf(long hash) {
    return (int) (hash ^ (hash >>> Integer.SIZE)) & (stripes.length - 1);
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type has no other creation
  private static <V> Stripe<V>[] newStripes(int count) {
    Stripe<V>[] created = new Stripe[count];
    for (int i = 0; i < count; i++) {
      created[i] = new Stripe<>();
    }
    return created;
  }
}
