// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Step;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.format.RecordWriter;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.segment.Claim;
import io.firn.cold.segment.Segment;
import java.io.IOException;

/**
 * Brings one record after another into its extent and its frame into the log: {@link #prepare} does
 * all that may wait or fail, then {@link #begin} and {@link #publish} append. For one thread.
 */
final class RecordAppender {
  /** As a batch: none. */
  static final long NO_BATCH = -1;

  private static final int INSERT_BYTES = 40;
  private static final int BATCH_ID_BYTES = 8;

  private final RecordWriter record = new RecordWriter();
  private final FrameWriter frame = new FrameWriter();
  private int reserved;

  /** Encodes a record, reserves room for it everywhere, and copies its body. */
  void prepare(
      Table target,
      Claim claim,
      long hash,
      byte[] key,
      int keyLength,
      byte[] value,
      int valueLength,
      long expiresAt,
      boolean inBatch) {
    Engine engine = target.engine();
    long now = engine.wallMillis();
    int length =
        record.encode(
            target.id(), key, keyLength, value, 0, valueLength, 0, 0, now, expiresAt, null);
    int frameBytes = INSERT_BYTES + (inBatch ? BATCH_ID_BYTES : 0);
    engine.relief().reserveLog(frameBytes);
    reserved = frameBytes;
    target.index().ensureRoom(hash);
    long remaining = expiresAt == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, expiresAt - now);
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

  /** Returns the length of the record prepared last, in bytes. */
  int recordBytes() {
    return record.length();
  }

  /** Takes the append lock and the frame's LSN; {@link #publish} must follow. */
  long begin(Engine engine) {
    int bytes = reserved;
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
      record.complete(lsn);
      claim.put(record.bytes(), 0, RecordWriter.HEAD_BYTES);
      engine.forcer().dirty(segment);
      int length =
          frame.insert(
              update, segment.tableId(), hash, claim.word(), claim.length(), record.crc(), 0);
      if (batchId != NO_BATCH) {
        length = frame.inBatch(length, batchId);
      }
      engine.log().publish(frame, length, lsn);
    } catch (IOException e) {
      engine.log().abandon(INSERT_BYTES + (batchId == NO_BATCH ? 0 : BATCH_ID_BYTES), lsn);
      throw new StoreIoException("record not completed in " + segment.path(), e);
    } finally {
      engine.log().endAppend();
    }
  }

  /** Gives the reservation back that was not used. */
  void unreserve(Engine engine) {
    if (reserved > 0) {
      engine.log().unreserve(reserved);
      reserved = 0;
    }
  }
}
