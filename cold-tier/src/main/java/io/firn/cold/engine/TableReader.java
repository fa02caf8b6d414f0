// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.format.LittleEndian;
import io.firn.cold.format.RecordReader;
import io.firn.cold.format.SlotHeader;
import io.firn.cold.index.Partition;
import io.firn.cold.model.Address;
import io.firn.cold.model.EntryDecoder;
import io.firn.cold.model.HashRange;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.segment.Segment;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The read path of one table. Thread-safe; never fails for damage or I/O, which is a miss. */
public final class TableReader {
  private static final int MAXIMUM_PROBES = 64;

  private final Engine engine;
  private final Table table;

  TableReader(Engine engine, Table table) {
    this.engine = engine;
    this.table = table;
  }

  <T> @Nullable T get(long hash, byte[] key, int keyLength, ValueDecoder<T> decoder) {
    ReadScratch scratch = engine.readScratch().take();
    try {
      T value = read(hash, key, keyLength, scratch) ? decode(scratch, decoder) : null;
      TableCounters counters = table.counters();
      (value == null ? counters.misses : counters.hits).increment();
      return value;
    } finally {
      scratch.shrink();
      engine.readScratch().give(scratch);
    }
  }

  private static <T> @Nullable T decode(ReadScratch scratch, ValueDecoder<T> decoder) {
    scratch.countRead();
    RecordReader record = scratch.record;
    if (record.attributesLength() > 0) {
      decoder.attributes(scratch.buffer, record.attributesOffset(), record.attributesLength());
    }
    return decoder.decode(
        scratch.buffer,
        record.valueOffset(),
        record.valueLength(),
        record.writeTimeMillis(),
        record.expiresAtMillis());
  }

  /**
   * Reads the newest version of whichever key has a hash. Not counted as a hit or a miss.
   *
   * @return what the decoder made of it; null if there is none, it has expired, or it is damaged
   * @throws io.firn.cold.model.StoreClosedException if the store is closed
   */
  public <T> @Nullable T find(long hash, EntryDecoder<T> decoder) {
    ReadScratch scratch = engine.readScratch().take();
    try {
      if (!read(hash, null, 0, scratch)) {
        return null;
      }
      RecordReader record = scratch.record;
      return decoder.decode(
          scratch.buffer,
          record.keyOffset(),
          record.keyLength(),
          record.valueOffset(),
          record.valueLength(),
          record.expiresAtMillis());
    } finally {
      scratch.shrink();
      engine.readScratch().give(scratch);
    }
  }

  /**
   * Returns where the record of a hash is, as a number that is larger for one that stands further
   * behind in the files; {@link Long#MAX_VALUE} if there is none, or it cannot be told now.
   */
  public long place(long hash) {
    int ticket = engine.epochs().enter();
    try {
      table.checkOpen();
      long word = table.index().find(hash);
      // An address begins with the segment's number, and then has the offset.
      return word == Address.NONE ? Long.MAX_VALUE : Address.withoutVisits(word) >>> 1;
    } catch (StoreIoException e) {
      return Long.MAX_VALUE;
    } finally {
      engine.epochs().leave(ticket);
    }
  }

  /**
   * Copies the hashes of all entries, expired ones included, from a hash on: those of whole
   * partitions, until there are enough.
   *
   * @param from the first hash; 0 begins, then {@link HashRange#next}
   * @param enough how many hashes end the range, if there are so many
   * @throws StoreIoException if a partition cannot be loaded
   * @throws io.firn.cold.model.StoreClosedException if the store is closed
   */
  public HashRange hashes(long from, int enough) {
    long[] hashes = new long[0];
    int count = 0;
    byte[] entries = new byte[0];
    long hash = from;
    do {
      table.checkOpen();
      int bytes;
      Partition partition = table.index().lock(hash);
      try {
        int size = partition.size() * SlotHeader.ENTRY_BYTES;
        entries = entries.length < size ? new byte[size] : entries;
        bytes = partition.copyEntries(entries, 0);
        int bits = partition.prefixBits();
        hash = bits == 0 ? 0 : (partition.prefix() + 1L) << (Long.SIZE - bits);
      } finally {
        partition.unlock();
      }
      hashes = Arrays.copyOf(hashes, count + bytes / SlotHeader.ENTRY_BYTES);
      for (int at = 0; at < bytes; at += SlotHeader.ENTRY_BYTES) {
        hashes[count++] = LittleEndian.getLong(entries, at);
      }
    } while (hash != 0 && count < enough);
    return new HashRange(hashes, hash);
  }

  /**
   * Finds, copies and verifies; tells whether the scratch holds the live record of the key, or of
   * the hash if the key is null.
   */
  private boolean read(long hash, byte @Nullable [] key, int keyLength, ReadScratch scratch) {
    long last = Address.NONE;
    for (int probe = 0; probe < MAXIMUM_PROBES; probe++) {
      long word = copy(hash, scratch, last);
      if (word == Address.NONE) {
        return false;
      }
      boolean verified = scratch.length > 0 && scratch.verify(table.id(), table.space().layout());
      if (verified && isOf(hash, key, keyLength, scratch)) {
        return isLive(scratch);
      }
      if (Address.withoutVisits(word) == Address.withoutVisits(last)) {
        return disagree(hash, verified, scratch);
      }
      last = word;
    }
    return false;
  }

  private boolean isOf(long hash, byte @Nullable [] key, int keyLength, ReadScratch scratch) {
    return key == null
        ? hashes(scratch, hash)
        : scratch.record.keyEquals(key, keyLength) || !engine.threads().keeps(Rule.COMPARE_KEY);
  }

  private boolean hashes(ReadScratch scratch, long hash) {
    RecordReader record = scratch.record;
    return engine.keyHash().hash(scratch.buffer, record.keyOffset(), record.keyLength()) == hash;
  }

  /** What a second look at an unchanged entry found: a colliding key, or damage. */
  private boolean disagree(long hash, boolean verified, ReadScratch scratch) {
    TableCounters counters = table.counters();
    boolean collides = verified && hashes(scratch, hash);
    (collides ? counters.collisions : counters.damaged).increment();
    if (!collides) {
      engine.damaged(table, scratch.word);
    }
    return false;
  }

  private boolean isLive(ReadScratch scratch) {
    long expiresAtMillis = scratch.record.expiresAtMillis();
    if (expiresAtMillis != Long.MAX_VALUE && expiresAtMillis <= engine.wallMillis()) {
      table.counters().expired.increment();
      return false;
    }
    return true;
  }

  /** Probes and copies the record's bytes inside an epoch; returns the word, or none. */
  private long copy(long hash, ReadScratch scratch, long last) {
    int ticket = engine.epochs().enter();
    try {
      table.checkOpen();
      long word = table.index().find(hash);
      if (word == Address.NONE) {
        return word;
      }
      engine.threads().step(Step.PROBED);
      Segment segment = table.space().find(Address.segment(word));
      if (segment == null) {
        // Void, unless the record was moved out of the segment before that was dropped.
        scratch.word = word;
        scratch.length = 0;
        return isUnchanged(hash, word) ? Address.NONE : word;
      }
      scratch.prepare(segment, word);
      segment.read(Address.offset(word), scratch.buffer, scratch.length);
      engine.threads().step(Step.READ);
      if (Address.visits(word) < Address.MAX_VISITS && last == Address.NONE) {
        boolean ignored = table.index().visit(hash, word);
      }
      return word;
    } catch (IOException e) {
      scratch.length = 0;
      return scratch.word;
    } catch (StoreIoException e) {
      return Address.NONE; // the entries cannot be loaded now; a later use tries again
    } finally {
      engine.epochs().leave(ticket);
    }
  }

  private boolean isUnchanged(long hash, long word) {
    return Address.withoutVisits(table.index().find(hash)) == Address.withoutVisits(word);
  }
}
