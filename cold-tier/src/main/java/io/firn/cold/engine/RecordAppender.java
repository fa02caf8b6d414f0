// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.format.Frames;
import io.firn.cold.format.RecordReader;
import io.firn.cold.format.RecordWriter;
import io.firn.cold.model.Address;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.segment.Claim;
import io.firn.cold.segment.Segment;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Brings one record after another into its extent and its frame into the log: {@link #prepare} does
 * all that may wait or fail, then {@link #begin} and {@link #publish} append. For one thread.
 *
 * <p>In {@link FlushMode#SYNC} a small record travels in its frame as well, and a larger one is
 * forced before its frame is appended: either way a force of the log makes it durable.
 */
final class RecordAppender {
  /** As a batch: none. */
  static final long NO_BATCH = -1;

  private static final int INSERT_BYTES = 40;
  private static final int BATCH_ID_BYTES = 8;

  private final RecordWriter record = new RecordWriter();
  private final FrameWriter frame = new FrameWriter();
  private int reserved;

  /** Bytes of the frame whose position was taken. */
  private int bytes;

  /** The record travels in its frame. */
  private boolean carries;

  /** The record is forced before its frame is appended. */
  private boolean forced;

  /** Encodes a record, reserves room for it everywhere, and copies its body. */
  void prepare(
      Table target,
      Claim claim,
      long hash,
      byte[] key,
      int keyLength,
      byte[] value,
      int valueLength,
      long writeTime,
      long expiresAt,
      byte @Nullable [] attributes,
      boolean inBatch) {
    long written = writeTime == Table.NOW ? target.engine().wallMillis() : writeTime;
    int length =
        record.encode(
            target.id(),
            key,
            keyLength,
            value,
            0,
            valueLength,
            0,
            0,
            written,
            expiresAt,
            attributes);
    target.index().ensureRoom(hash);
    place(target, claim, length, hash, expiresAt, inBatch);
  }

  /** Encodes a record that was read, like {@link #prepare}; it has an entry already. */
  void prepareCopy(Table target, Claim claim, long hash, byte[] buffer, RecordReader from) {
    byte[] key = Arrays.copyOfRange(buffer, from.keyOffset(), from.keyOffset() + from.keyLength());
    int attributesEnd = from.attributesOffset() + from.attributesLength();
    byte[] attributes =
        from.attributesLength() == 0
            ? null
            : Arrays.copyOfRange(buffer, from.attributesOffset(), attributesEnd);
    int length =
        record.encode(
            target.id(),
            key,
            key.length,
            buffer,
            from.valueOffset(),
            from.valueLength(),
            from.codec(),
            from.dictionary(),
            from.writeTimeMillis(),
            from.expiresAtMillis(),
            attributes);
    place(target, claim, length, hash, from.expiresAtMillis(), false);
  }

  private void place(
      Table target, Claim claim, int length, long hash, long expiresAt, boolean inBatch) {
    Engine engine = target.engine();
    long now = engine.wallMillis();
    boolean sync = engine.options().flushMode() == FlushMode.SYNC;
    int most = Address.classBound(Address.classOf(length));
    carries = sync && most <= engine.options().carriedBytes();
    forced = sync && !carries;
    int batchBytes = inBatch ? BATCH_ID_BYTES : 0;
    int enough = Frames.align8(INSERT_BYTES + batchBytes + (carries ? most : 0));
    engine.relief().reserveLog(enough);
    reserved = enough;
    long remaining = expiresAt == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, expiresAt - now);
    // What is known of a key's lifespan is where its present version is. Nothing is read from disk.
    long replaced =
        target.space().asksForReplaced(remaining) ? EntryProbe.find(target, hash) : Address.NONE;
    target.space().claim(claim, length, remaining, replaced);
    claim.segment().expiry().note(expiresAt, claim.length());
    engine.threads().step(Step.RESERVED);
    reserved = Frames.align8(INSERT_BYTES + batchBytes + (carries ? claim.length() : 0));
    engine.log().unreserve(enough - reserved);
    copy(engine, claim);
    engine.threads().step(Step.COPIED);
  }

  /** Copies the body; all of it, and forces it, if the frame will say that it was. */
  private void copy(Engine engine, Claim claim) {
    record.pad(claim.length());
    Segment segment = claim.segment();
    record.rebase(segment.lsnBase(), segment.timeBaseMillis());
    if (forced) {
      // The frame's own LSN is not known yet, so the record has an earlier one.
      record.complete(engine.log().end());
    }
    try {
      claim.put(record.bytes(), forced ? 0 : RecordWriter.HEAD_BYTES, claim.length());
    } catch (IOException e) {
      throw new StoreIoException("record not written to " + segment.path(), e);
    }
    if (forced && engine.threads().keeps(Rule.FORCE_BEFORE_FRAME)) {
      engine.forcer().forceBeforeFrame(segment);
    }
  }

  /** Returns the length of the record prepared last, in bytes. */
  int recordBytes() {
    return record.length();
  }

  /** Takes the append lock and the frame's LSN; {@link #publish} must follow. */
  long begin(Engine engine) {
    bytes = reserved;
    reserved = 0;
    return engine.log().begin(bytes);
  }

  /**
   * Completes the record, publishes its frame and gives the append lock back.
   *
   * @throws StoreIoException if either failed; the frame is a pad then, or the log has failed
   */
  void publish(Engine engine, Claim claim, long hash, boolean update, long batchId, long lsn) {
    Segment segment = claim.segment();
    try {
      if (!forced) {
        record.complete(lsn);
        claim.put(record.bytes(), 0, RecordWriter.HEAD_BYTES);
      }
      engine.forcer().dirty(segment);
      int length =
          carries ? carried(claim, hash) : reference(claim, hash, update, segment.tableId());
      if (batchId != NO_BATCH) {
        length = frame.inBatch(length, batchId);
      }
      engine.log().publish(frame, length, lsn);
    } catch (IOException e) {
      engine.log().abandon(bytes, lsn);
      throw new StoreIoException("record not completed in " + segment.path(), e);
    } finally {
      engine.log().endAppend();
    }
  }

  private int carried(Claim claim, long hash) {
    return frame.carried(
        claim.fillsPages(),
        claim.segment().tableId(),
        hash,
        claim.word(),
        record.bytes(),
        0,
        claim.length(),
        record.crc(),
        0);
  }

  private int reference(Claim claim, long hash, boolean update, int tableId) {
    int flags = forced ? Frames.FORCED_BEFORE : 0;
    return frame.insert(update, tableId, hash, claim.word(), claim.length(), record.crc(), flags);
  }

  /** Gives the reservation back that was not used. */
  void unreserve(Engine engine) {
    if (reserved > 0) {
      engine.log().unreserve(reserved);
      reserved = 0;
    }
  }
}
