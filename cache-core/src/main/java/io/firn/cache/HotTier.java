// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The entries on the heap, and the per-key step in which both tiers change together. Thread-safe.
 *
 * <p>What is committed inside a key's step becomes visible in the cold tier first and in the hot
 * tier at the end of the step; no other step of the same key runs in between, so the tiers see the
 * versions of a key in the same order. Steps neither wait nor call foreign code.
 */
interface HotTier<V> {
  /** Tells whether anything is ever kept; if not, keys and weights need not be computed. */
  boolean keepsEntries();

  /** Returns the value if it is here, not expired, and not older than the last {@link #clear}. */
  @Nullable V get(Object key);

  /** Returns the number of clears; to be read before the read of the cold tier it will describe. */
  long generation();

  /**
   * Runs {@code commit} in the key's step. If it returned true the key's value becomes {@code
   * value}, or none for null; otherwise it stays as it was.
   *
   * @return what {@code commit} returned
   */
  @CanIgnoreReturnValue
  boolean apply(
      Object key, @Nullable V value, long expiresAtMillis, int weight, BooleanSupplier commit);

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
      long expiresAtMillis,
      int weight,
      long generation,
      BooleanSupplier unchanged);

  /** Makes everything absent that was committed to the cold tier before this call. */
  void clear();

  /** Returns about how many entries are here, expired ones included. */
  long size();
}
