// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cold.ColdBatch;
import io.firn.cold.ColdTable;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A write of many keys that happens in the cold tier as one, and in the hot tier key by key
 * afterwards. For one thread.
 *
 * <p>Between the commit and a key's own step other writes of the key may come: a hot value with a
 * higher LSN is theirs and stays; where the key's write stamp says that something newer was
 * committed and no such value is here, the key becomes absent, so that the next read asks the cold
 * tier.
 */
final class BatchWrite<K, V> implements AutoCloseable {
  private final ColdTable table;
  private final HotTier<V> hot;
  private final @Nullable DirtyEntries<K, V> dirty;
  private final Loads<V> loads;
  private final ColdBatch batch;
  private final List<Change<V>> changes = new ArrayList<>();

  /** What becomes of one key; removed if there is no value. */
  private record Change<V>(
      EncodedKey key, Object hotKey, @Nullable V value, Lifespan lifespan, int weight) {}

  BatchWrite(ColdTable table, HotTier<V> hot, @Nullable DirtyEntries<K, V> dirty, Loads<V> loads) {
    this.table = table;
    this.hot = hot;
    this.dirty = dirty;
    this.loads = loads;
    this.batch = table.batch();
  }

  /** Adds a put of what the scratch has encoded. */
  void put(
      EncodedKey key,
      Object hotKey,
      V value,
      Lifespan lifespan,
      int weight,
      Scratch<K, V> scratch) {
    batch.put(
        key.hash(),
        scratch.key(),
        scratch.keyLength(),
        scratch.value(),
        scratch.valueLength(),
        lifespan.expiresAtMillis(),
        lifespan.attributes());
    changes.add(new Change<>(key, hotKey, value, lifespan, weight));
  }

  /** Adds a removal of the key that the scratch has encoded. */
  void remove(EncodedKey key, Object hotKey, Scratch<K, V> scratch) {
    batch.remove(key.hash(), scratch.key(), scratch.keyLength());
    changes.add(new Change<>(key, hotKey, null, Lifespan.ENDLESS, 0));
  }

  /** Tells whether the removal of a key with so many bytes fits the batch. */
  boolean hasRoom(int keyBytes) {
    return batch.hasRoom(keyBytes);
  }

  /** Does it: in the cold tier as a whole or not at all, then in the hot tier; then waits. */
  void write() {
    batch.prepare();
    List<EncodedKey> keys = new ArrayList<>(changes.size());
    for (Change<V> change : changes) {
      keys.add(change.key);
    }
    long lsn = loads.commit(keys, this::commit);
    for (Change<V> change : changes) {
      long hash = change.key.hash();
      long stamp = batch.writeStamp(hash);
      hot.settle(
          change.hotKey,
          change.value,
          change.lifespan,
          change.weight,
          lsn,
          () -> table.writeStamp(hash) == stamp);
    }
    batch.awaitDurable();
  }

  private long commit() {
    long lsn = batch.commit();
    if (dirty != null) {
      changes.forEach(change -> dirty.forget(change.hotKey));
    }
    return lsn;
  }

  @Override
  public void close() {
    batch.close();
  }
}
