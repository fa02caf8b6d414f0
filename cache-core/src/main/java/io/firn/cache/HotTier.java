// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The entries on the heap, and the per-key step in which both tiers change together. Thread-safe.
 *
 * <p>What is committed inside a key's step becomes visible in the cold tier first and in the hot
 * tier at the end of the step; no other step of the same key runs in between, so the tiers see the
 * versions of a key in the same order. Steps neither wait nor call foreign code.
 */
interface HotTier<V> {
  /** What a commit returns that did not happen. */
  long NOT_COMMITTED = -1;

  /** Tells whether anything is ever kept; if not, keys and weights need not be computed. */
  boolean keepsEntries();

  /** Returns the entry if it is here, not expired, and not older than the last {@link #outdate}. */
  @Nullable HotEntry<V> entry(Object key);

  /** Returns the value of {@link #entry}. */
  default @Nullable V get(Object key) {
    HotEntry<V> entry = entry(key);
    return entry == null ? null : entry.value();
  }

  /**
   * Returns the number of {@link #outdate} calls; to be read before the read of the cold tier it
   * will describe.
   */
  long generation();

  /**
   * Runs {@code commit} in the key's step. It returns the LSN of the version that it committed, and
   * the key's value becomes {@code value}, or none for null; or {@link #NOT_COMMITTED}, and it
   * stays as it was.
   *
   * @return whether it was committed
   */
  @CanIgnoreReturnValue
  boolean apply(Object key, @Nullable V value, Lifespan lifespan, int weight, LongSupplier commit);

  /**
   * Runs {@code commit}, of the same value with another lifespan, in the key's step; if it was
   * committed, an entry that is here gets the lifespan too, and an absent one stays absent.
   */
  void prolong(Object key, Lifespan lifespan, LongSupplier commit);

  /**
   * Follows a batch that the cold tier has committed, in the key's step. The key's value becomes
   * {@code value}, or none for null, if {@code current} says that the batch's version is the newest
   * one; if it is not, a value of a higher LSN stays, and any other goes.
   *
   * @param lsn of the batch's commit
   */
  void settle(
      Object key,
      @Nullable V value,
      Lifespan lifespan,
      int weight,
      long lsn,
      BooleanSupplier current);

  /**
   * Keeps a value read from the cold tier, if the key is absent here and {@code unchanged} returns
   * true in the key's step.
   *
   * @param generation read before the cold tier was
   * @return whether it was kept
   */
  boolean promote(
      Object key,
      V value,
      Lifespan lifespan,
      int weight,
      long generation,
      BooleanSupplier unchanged);

  /**
   * Makes everything absent that was committed to the cold tier before this call. Needs no key's
   * step.
   */
  void outdate();

  /** Gives up what {@link #outdate} has made absent. */
  void discardOutdated();

  /** Returns the keys that are here, those of expired entries included; weakly consistent. */
  Iterable<Object> keys();

  /** Returns about how many entries are here, expired ones included. */
  long size();
}
