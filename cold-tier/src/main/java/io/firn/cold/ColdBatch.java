// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import io.firn.cold.engine.PendingBatch;
import org.jspecify.annotations.Nullable;

/**
 * Puts and removals of one table that happen together or not at all, also across a crash. For one
 * thread, in try-with-resources. Closing abandons what was not committed.
 *
 * <p>{@link #put} and {@link #remove} collect copies in memory; {@link #prepare} does what may wait
 * or fail; {@link #commit} makes all of it visible, in no order: a reader may see some of the keys
 * before others. A batch that fails leaves every older version as it was, on a full disk too. The
 * bounds of a batch are those of {@link StoreOptions}. Null arguments give a {@link
 * NullPointerException}.
 */
public final class ColdBatch implements AutoCloseable {
  private final PendingBatch batch;

  ColdBatch(PendingBatch batch) {
    this.batch = batch;
  }

  /**
   * Adds a put; it takes the place of what the batch already has for the key. The arrays are
   * copied.
   *
   * @param hash what {@link ColdTable#hashOf} returns for the key
   * @param expiresAtMillis wall time at which the entry expires, or {@link ColdTable#NEVER}
   * @throws IllegalArgumentException if the key is empty, or one more than a batch may have; the
   *     batch stays as it was
   * @throws io.firn.cold.model.OversizedValueException if key, value or batch are too large; the
   *     batch stays as it was
   * @throws io.firn.cold.model.WriteTimeoutException if the batch has been open for too long; it is
   *     closed then
   * @throws IllegalStateException if the batch was prepared or closed
   */
  public void put(
      long hash, byte[] key, int keyLength, byte[] value, int valueLength, long expiresAtMillis) {
    batch.put(hash, key, keyLength, value, valueLength, expiresAtMillis);
  }

  /**
   * Adds a put like {@link #put(long, byte[], int, byte[], int, long)}.
   *
   * @param attributes what is kept with the value and given to {@link RecordDecoder#attributes};
   *     null for nothing; not copied
   */
  public void put(
      long hash,
      byte[] key,
      int keyLength,
      byte[] value,
      int valueLength,
      long expiresAtMillis,
      byte @Nullable [] attributes) {
    batch.put(hash, key, keyLength, value, valueLength, expiresAtMillis, attributes);
  }

  /** Adds a removal, of a key that may be absent; otherwise like {@link #put}. */
  public void remove(long hash, byte[] key, int keyLength) {
    batch.remove(hash, key, keyLength);
  }

  /** Tells whether a key and value that have so many bytes together fit. */
  public boolean hasRoom(int keyAndValueBytes) {
    return batch.hasRoom(keyAndValueBytes);
  }

  /**
   * Writes everything to disk but the commit. May wait. A batch that could not be prepared is
   * closed.
   *
   * @throws io.firn.cold.model.DiskFullException if there is no room
   * @throws io.firn.cold.model.StoreIoException if a file cannot be written
   * @throws io.firn.cold.model.WriteTimeoutException if the batch has been open for too long
   * @throws io.firn.cold.model.StoreClosedException if the store is closed or the table was dropped
   * @throws IllegalStateException if the batch was prepared or closed before
   */
  public void prepare() {
    batch.prepare();
  }

  /**
   * Makes the batch visible. Never waits for space or for the device.
   *
   * @return the LSN of the commit; 0 if the batch is empty
   * @throws io.firn.cold.model.WriteTimeoutException if the batch has been open for too long;
   *     nothing has changed then
   * @throws io.firn.cold.model.StoreIoException if the log cannot be written; nothing has changed
   *     then
   * @throws IllegalStateException unless the batch is prepared
   */
  public long commit() {
    return batch.commit();
  }

  /**
   * Returns what {@link ColdTable#writeStamp} of a key was just after the commit: as long as it is
   * that, the key has the version of this batch.
   *
   * @throws IllegalArgumentException if the committed batch has no such key
   */
  public long writeStamp(long hash) {
    return batch.writeStamp(hash);
  }

  /**
   * Returns once the batch survives a power failure, if the flush policy is {@code sync}; else at
   * once.
   *
   * @throws io.firn.cold.model.StoreIoException if the force failed
   */
  public void awaitDurable() {
    batch.awaitDurable();
  }

  /** Gives everything back; abandons the batch if it was not committed. */
  @Override
  public void close() {
    batch.close();
  }
}
