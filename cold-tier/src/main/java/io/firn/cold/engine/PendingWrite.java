// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.format.RecordWriter;
import io.firn.cold.index.Partition;
import io.firn.cold.model.Address;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.segment.Claim;
import io.firn.cold.segment.Segment;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A put or a removal between its preparation, which may wait or fail, and its commit, which does
 * not. For one thread; pooled, so never used after {@link #close}.
 */
public class PendingWrite implements AutoCloseable {
  private static final int INSERT_BYTES = 40;
  private static final int DELETE_BYTES = 24;

  private final RecordWriter record = new RecordWriter();
  private final FrameWriter frame = new FrameWriter();
  private final Claim claim = new Claim();
  private @Nullable Table table;
  private long hash;
  private int reserved;
  private boolean removal;
  private int ticket;
  private long lsn;

  /** Creates a write that is not in use. */
  protected PendingWrite() {}

  void preparePut(
      Table target,
      long keyHash,
      byte[] key,
      int keyLength,
      byte[] value,
      int valueLength,
      long expiresAtMillis) {
    Engine engine = begin(target, keyHash, false);
    long now = engine.wallMillis();
    int length =
        record.encode(
            target.id(), key, keyLength, value, 0, valueLength, 0, 0, now, expiresAtMillis, null);
    engine.relief().reserveLog(INSERT_BYTES);
    reserved = INSERT_BYTES;
    target.index().ensureRoom(keyHash);
    long remaining =
        expiresAtMillis == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, expiresAtMillis - now);
    target.space().claim(claim, length, remaining);
    engine.threads().step(Step.RESERVED);
    record.pad(claim.length());
    Segment segment = claim.segment();
    record.rebase(segment.lsnBase(), segment.timeBaseMillis());
    try {
      claim.put(record.bytes(), RecordWriter.HEAD_BYTES, claim.length());
    } catch (IOException e) {
      throw new StoreIoException("record not written to " + segment.path(), e);
    }
    engine.threads().step(Step.COPIED);
  }

  void prepareRemove(Table target, long keyHash) {
    Engine engine = begin(target, keyHash, true);
    engine.relief().reserveLog(DELETE_BYTES);
    reserved = DELETE_BYTES;
    engine.threads().step(Step.RESERVED);
  }

  private Engine begin(Table target, long keyHash, boolean remove) {
    table = target;
    hash = keyHash;
    removal = remove;
    reserved = 0;
    lsn = 0;
    ticket = target.engine().writers().enter();
    target.checkOpen();
    return target.engine();
  }

  /**
   * Makes the write visible to readers. Never waits for space or for the device.
   *
   * @return the LSN of the new version; 0 if there was nothing to remove
   * @throws StoreIoException if the log cannot be written; nothing has changed then
   */
  public final long commit() {
    Table target = table();
    if (reserved == 0) {
      throw new IllegalStateException("nothing is prepared, or it was committed");
    }
    long replaced;
    Partition partition = target.index().lock(hash);
    try {
      long present = partition.get(hash);
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
    Segment segment = claim.segment();
    reserved = 0;
    long position = engine.log().begin(INSERT_BYTES);
    lsn = position;
    try {
      record.complete(position);
      claim.put(record.bytes(), 0, RecordWriter.HEAD_BYTES);
      engine.forcer().dirty(segment);
      int length =
          frame.insert(
              present != Address.NONE,
              segment.tableId(),
              hash,
              claim.word(),
              claim.length(),
              record.crc(),
              0);
      engine.log().publish(frame, length, position);
    } catch (IOException e) {
      engine.log().abandon(INSERT_BYTES, position);
      lsn = 0;
      throw new StoreIoException("record not completed in " + segment.path(), e);
    } finally {
      engine.log().endAppend();
    }
    return set(engine, partition, claim.word());
  }

  private long commitRemoval(Engine engine, Partition partition, long present) {
    if (present == Address.NONE) {
      engine.log().unreserve(DELETE_BYTES);
      reserved = 0;
      return Address.NONE;
    }
    reserved = 0;
    long position = engine.log().begin(DELETE_BYTES);
    lsn = position;
    try {
      engine.log().publish(frame, frame.delete(table().id(), hash, 0), position);
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
    if (reserved > 0) {
      target.engine().log().unreserve(reserved);
      reserved = 0;
    }
    if (lsn != 0) {
      target.counters().wrote(removal, record.length());
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
