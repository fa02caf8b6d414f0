// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.format.RecordReader;
import io.firn.cold.index.Partition;
import io.firn.cold.model.Address;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.segment.Claim;
import org.jspecify.annotations.Nullable;

/**
 * A put or a removal between its preparation, which may wait or fail, and its commit, which does
 * not. For one thread; pooled, so never used after {@link #close}.
 */
public class PendingWrite implements AutoCloseable {
  private static final int DELETE_BYTES = 24;

  private final RecordAppender appender = new RecordAppender();
  private final FrameWriter frame = new FrameWriter();
  private final Claim claim = new Claim();
  private @Nullable Table table;
  private long hash;
  private boolean prepared;

  /** Log bytes are reserved for a removal. */
  private boolean reserved;

  private boolean removal;

  /** The address that the entry must still have; {@link Address#NONE} if any will do. */
  private long expected;

  private int ticket;
  private long lsn;

  /** Creates a write that is not in use. */
  protected PendingWrite() {}

  /** Prepares a put; gives everything back, this write as well, if that fails. */
  PendingWrite preparedPut(
      Table target,
      long keyHash,
      byte[] key,
      int keyLength,
      byte[] value,
      int valueLength,
      long writeTimeMillis,
      long expiresAtMillis,
      byte @Nullable [] attributes) {
    try {
      preparePut(
          target,
          keyHash,
          key,
          keyLength,
          value,
          valueLength,
          writeTimeMillis,
          expiresAtMillis,
          attributes);
      return this;
    } finally {
      closeUnlessPrepared();
    }
  }

  /** Prepares a removal, like {@link #preparedPut}. */
  PendingWrite preparedRemove(Table target, long keyHash) {
    try {
      prepareRemove(target, keyHash);
      return this;
    } finally {
      closeUnlessPrepared();
    }
  }

  private void closeUnlessPrepared() {
    if (!prepared) {
      close();
    }
  }

  private void preparePut(
      Table target,
      long keyHash,
      byte[] key,
      int keyLength,
      byte[] value,
      int valueLength,
      long writeTimeMillis,
      long expiresAtMillis,
      byte @Nullable [] attributes) {
    Engine engine = begin(target, keyHash, false);
    engine.reserve().beforePut(target);
    appender.prepare(
        target,
        claim,
        keyHash,
        key,
        keyLength,
        value,
        valueLength,
        writeTimeMillis,
        expiresAtMillis,
        attributes,
        false);
    prepared = true;
  }

  void prepareRemove(Table target, long keyHash) {
    Engine engine = begin(target, keyHash, true);
    engine.relief().reserveLogForRemoval(DELETE_BYTES);
    reserved = true;
    prepared = true;
    engine.threads().step(Step.RESERVED);
  }

  /** Prepares the removal of an entry that is damaged, unless it changes before the commit. */
  void prepareRemoveOf(Table target, long keyHash, long word) {
    prepareRemove(target, keyHash);
    expected = word;
  }

  /** Prepares the same record at another place, unless the entry changes before the commit. */
  void prepareCopy(Table target, long keyHash, long word, byte[] buffer, RecordReader from) {
    Engine unused = begin(target, keyHash, false);
    expected = word;
    appender.prepareCopy(target, claim, keyHash, buffer, from);
    prepared = true;
  }

  private Engine begin(Table target, long keyHash, boolean remove) {
    table = target;
    hash = keyHash;
    removal = remove;
    prepared = false;
    expected = Address.NONE;
    lsn = 0;
    ticket = target.engine().writers().enter();
    target.checkOpen();
    return target.engine();
  }

  /**
   * Makes the write visible to readers. Never waits for space or for the device.
   *
   * @return the LSN of the new version; 0 if there was nothing to remove, or to copy any more
   * @throws StoreIoException if the log cannot be written; nothing has changed then
   */
  public final long commit() {
    Table target = table();
    if (!prepared) {
      throw new IllegalStateException("nothing is prepared, or it was committed");
    }
    prepared = false;
    long replaced;
    Partition partition = target.index().lock(hash);
    try {
      long present = partition.get(hash);
      if (expected != Address.NONE
          && Address.withoutVisits(present) != Address.withoutVisits(expected)) {
        return 0; // what was prepared is given back when the write is closed
      }
      replaced =
          removal
              ? commitRemoval(target.engine(), partition, present)
              : commitRecord(target.engine(), partition, present);
      target.engine().stamps().bump(target.id(), hash);
    } finally {
      partition.unlock();
    }
    if (replaced != Address.NONE) {
      target.space().debit(replaced);
    }
    target.engine().threads().step(Step.DEBITED);
    if (claim.isOpen()) {
      claim.finish();
    }
    return lsn;
  }

  private long commitRecord(Engine engine, Partition partition, long present) {
    lsn = appender.begin(engine);
    try {
      appender.publish(engine, claim, hash, present != Address.NONE, RecordAppender.NO_BATCH, lsn);
    } catch (StoreIoException e) {
      lsn = 0; // a pad stands in its place, or the log goes on elsewhere
      throw e;
    }
    return set(engine, partition, claim.word());
  }

  private long commitRemoval(Engine engine, Partition partition, long present) {
    if (present == Address.NONE) {
      engine.log().unreserve(DELETE_BYTES);
      reserved = false;
      return Address.NONE;
    }
    reserved = false;
    long position = engine.log().begin(DELETE_BYTES);
    lsn = position;
    try {
      engine.log().publish(frame, frame.delete(table().id(), hash, 0), position);
    } catch (StoreIoException e) {
      lsn = 0; // not published
      throw e;
    } finally {
      engine.log().endAppend();
    }
    return set(engine, partition, Address.NONE);
  }

  private long set(Engine engine, Partition partition, long word) {
    boolean underLock = engine.threads().keeps(Rule.APPLY_UNDER_LOCK);
    if (!underLock) {
      partition.unlock();
      engine.threads().step(Step.ENTRY_SET);
      partition.lock();
    }
    long replaced = word == Address.NONE ? partition.remove(hash) : partition.put(hash, word);
    engine.threads().step(Step.ENTRY_SET);
    return replaced;
  }

  /**
   * Returns once the write survives a power failure, in {@link FlushMode#SYNC}; else at once.
   *
   * @throws StoreIoException if the force failed
   */
  public final void awaitDurable() {
    if (lsn != 0) {
      table().engine().awaitDurable(lsn);
    }
  }

  /** Returns the position that the write took in the log; 0 while it has none. */
  final long lsn() {
    return lsn;
  }

  /** Gives everything back; abandons the write if it was not committed. */
  @Override
  public final void close() {
    Table target = table;
    if (target == null) {
      return;
    }
    table = null;
    if (claim.isOpen()) {
      target.space().abandon(claim);
    }
    if (reserved) {
      target.engine().log().unreserve(DELETE_BYTES);
      reserved = false;
    }
    appender.unreserve(target.engine());
    if (lsn != 0 && expected == Address.NONE) {
      target.counters().wrote(removal, appender.recordBytes());
    }
    target.engine().writers().leave(ticket);
    target.engine().writeScratch().give(this);
  }

  private Table table() {
    Table target = table;
    if (target == null) {
      throw new IllegalStateException("the write was closed");
    }
    return target;
  }
}
