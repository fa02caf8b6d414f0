// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

/** A value that is not on disk yet. Immutable; equal to itself only. */
final class DirtyEntry<K, V> {
  private final K key;
  private final long hash;
  private final V value;
  private final Lifespan lifespan;
  private final long sinceNanos;

  /**
   * Creates an entry.
   *
   * @param hash the table's hash of the key
   * @param lifespan says from when on it is not served
   * @param sinceNanos monotonic time of its put
   */
  DirtyEntry(K key, long hash, V value, Lifespan lifespan, long sinceNanos) {
    this.key = key;
    this.hash = hash;
    this.value = value;
    this.lifespan = lifespan;
    this.sinceNanos = sinceNanos;
  }

  K key() {
    return key;
  }

  long hash() {
    return hash;
  }

  V value() {
    return value;
  }

  Lifespan lifespan() {
    return lifespan;
  }

  long sinceNanos() {
    return sinceNanos;
  }
}
