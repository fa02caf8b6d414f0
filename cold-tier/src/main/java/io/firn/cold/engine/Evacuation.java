// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.format.PageLayout;
import io.firn.cold.format.RecordReader;
import io.firn.cold.format.RecordWriter;
import io.firn.cold.index.Partition;
import io.firn.cold.model.Address;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.segment.Claim;
import io.firn.cold.segment.PageRun;
import io.firn.cold.segment.Segment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One batch of pages on its way to be free: find their live records, copy them, force the copies,
 * swing the entries. For one thread, once.
 */
final class Evacuation {
  /* Between the reading of a record and the swing of its entry, its place must not be filled anew, or
   * an entry that holds the same address again could mean another version. The pages are held for that
   * time. A record that only reaches into a held page is safe as well: another one at its address, with
   * the same size class, would reach into the held page too, which is not free.
   *
   * A copy counts as live from its claim on, so its page is not released before its entry swings; it
   * is debited where the entry does not. */

  private final Table table;
  private final Engine engine;
  private final PageLayout layout;
  private final List<PageRun> held;
  private final RecordFilter keep;
  private final Consumer<? super RecordMove> observer;
  private final PageWalk walk;
  private final RecordWriter writer = new RecordWriter();
  private final Claim claim = new Claim();
  private final List<RecordChange> changes = new ArrayList<>();
  private final Set<Long> seen = new HashSet<>();
  private final Set<Segment> targets = new LinkedHashSet<>();
  private final Map<Integer, BitSet> unwalkable = new HashMap<>();
  private @Nullable DiskFullException full;
  private boolean withoutRoom;
  private int pagesLeft;
  private int byIndex;
  private int left;

  Evacuation(
      Table table, List<PageRun> held, RecordFilter keep, Consumer<? super RecordMove> observer) {
    this.table = table;
    this.engine = table.engine();
    this.layout = table.space().layout();
    this.held = held;
    this.keep = keep;
    this.observer = observer;
    this.walk = new PageWalk(table);
  }

  EvacuationResult run() {
    EntrySwing swing = new EntrySwing(table, changes, keep.keepsVisits());
    try {
      for (PageRun run : held) {
        walk(run);
      }
      if (byIndex > 0) {
        findByIndex();
      }
      if (full != null && changes.isEmpty()) {
        throw full;
      }
      force();
      swing.run();
    } finally {
      swing.abandonRest();
      swing.moves().forEach(observer);
    }
    return result(swing);
  }

  private EvacuationResult result(EntrySwing swing) {
    int pages = 0;
    int freed = 0;
    for (PageRun run : held) {
      Segment segment = table.space().find(run.segment());
      for (int page = run.firstPage(); segment != null && page < run.endPage(); page++) {
        pages++;
        freed += segment.pageCharge(page) == 0 ? 1 : 0;
      }
    }
    return new EvacuationResult(
        pages,
        freed,
        byIndex,
        pagesLeft,
        swing.moves().size(),
        swing.moves().stream().mapToLong(RecordMove::bytes).sum(),
        swing.lost(),
        swing.applied(RecordChange.Kind.EXPIRED),
        swing.applied(RecordChange.Kind.REJECTED),
        swing.applied(RecordChange.Kind.DAMAGED),
        left);
  }

  private void walk(PageRun run) {
    Segment segment = table.space().find(run.segment());
    walk.until(run.endPage());
    for (int page = run.firstPage(); segment != null && page < run.endPage(); page++) {
      if (segment.pageCharge(page) > 0) {
        walk(segment, page);
      }
    }
  }

  private void walk(Segment segment, int page) {
    if (full != null) {
      pagesLeft++;
      return;
    }
    try {
      if (walk.walk(segment, page, this::found) == PageWalk.Outcome.NOT_WALKABLE) {
        unwalkable.computeIfAbsent(segment.number(), ignored -> new BitSet()).set(page);
        byIndex++;
      }
    } catch (IOException e) {
      pagesLeft++;
    }
  }

  /** Takes a record that verifies; does nothing if no entry points to it. */
  private void found(Segment segment, long word, byte[] buffer, RecordReader record) {
    if (full != null || seen.contains(word)) {
      return;
    }
    long hash = engine.keyHash().hash(buffer, record.keyOffset(), record.keyLength());
    long present = EntryProbe.find(table, hash);
    if (Address.withoutVisits(present) != word) {
      return;
    }
    boolean unusedNew = seen.add(word);
    long expiresAt = record.expiresAtMillis();
    if (expiresAt != RecordWriter.NEVER && expiresAt <= engine.wallMillis()) {
      changes.add(RecordChange.removal(RecordChange.Kind.EXPIRED, hash, word));
    } else if (withoutRoom
        || !keep.keep(hash, present, record.totalBytes(), record.writeTimeMillis(), expiresAt)) {
      changes.add(RecordChange.removal(RecordChange.Kind.REJECTED, hash, word));
    } else {
      copy(hash, word, buffer, record);
    }
  }

  private void copy(long hash, long word, byte[] buffer, RecordReader record) {
    int key = record.keyOffset();
    int attributes = record.attributesOffset();
    int length =
        writer.encode(
            table.id(),
            Arrays.copyOfRange(buffer, key, key + record.keyLength()),
            record.keyLength(),
            buffer,
            record.valueOffset(),
            record.valueLength(),
            record.codec(),
            record.dictionary(),
            record.writeTimeMillis(),
            record.expiresAtMillis(),
            Arrays.copyOfRange(buffer, attributes, attributes + record.attributesLength()));
    try {
      table.space().claimCopy(claim, length, word, remainingMillis(record));
    } catch (DiskFullException e) {
      noRoom(e, hash, word);
      return;
    }
    Segment target = claim.segment();
    if (record.expiresAtMillis() < target.timeBaseMillis()
        && record.expiresAtMillis() <= engine.wallMillis()) {
      // It has expired while the segment was made for it.
      table.space().abandon(claim);
      changes.add(RecordChange.removal(RecordChange.Kind.EXPIRED, hash, word));
      return;
    }
    target.expiry().note(record.expiresAtMillis(), claim.length());
    boolean copied = false;
    try {
      if (record.expiresAtMillis() >= target.timeBaseMillis()) {
        put(target, record.lsn());
        copied = true;
      }
    } finally {
      if (!copied) {
        // An expiry before the base of the segment would be stored as a later one.
        table.space().abandon(claim);
        left++;
      }
    }
    if (copied) {
      boolean unusedNew = targets.add(target);
      changes.add(
          new RecordChange(RecordChange.Kind.MOVE, hash, word, claim.word(), claim.length()));
      claim.finish();
      engine.threads().step(Step.MOVE_COPIED);
    }
  }

  private void noRoom(DiskFullException e, long hash, long word) {
    if (keep.staysWithoutRoom()) {
      full = e;
      left++;
    } else {
      withoutRoom = true;
      changes.add(RecordChange.removal(RecordChange.Kind.REJECTED, hash, word));
    }
  }

  private void put(Segment target, long lsn) {
    writer.pad(claim.length());
    writer.rebase(target.lsnBase(), target.timeBaseMillis());
    writer.complete(Math.max(lsn, RecordWriter.minimumLsn(target.lsnBase())));
    try {
      claim.put(writer.bytes(), 0, claim.length());
      engine.forcer().dirty(target);
    } catch (IOException e) {
      throw new StoreIoException("record not copied to " + target.path(), e);
    }
  }

  private long remainingMillis(RecordReader record) {
    long expiresAt = record.expiresAtMillis();
    return expiresAt == RecordWriter.NEVER
        ? Long.MAX_VALUE
        : Math.max(0, expiresAt - engine.wallMillis());
  }

  /** Finds the records of the pages that cannot be walked, by one pass over the index. */
  private void findByIndex() {
    List<long[]> entries = new ArrayList<>();
    long hash = 0;
    do {
      Partition partition = table.index().lock(hash);
      try {
        partition.forEach(
            (each, word) -> {
              if (isUnwalkable(word)) {
                entries.add(new long[] {each, Address.withoutVisits(word)});
              }
            });
        int bits = partition.prefixBits();
        hash = bits == 0 ? 0 : (partition.prefix() + 1L) << (Long.SIZE - bits);
      } finally {
        partition.unlock();
      }
    } while (hash != 0);
    for (long[] entry : entries) {
      foundByIndex(entry[0], entry[1]);
    }
  }

  private boolean isUnwalkable(long word) {
    BitSet pages = unwalkable.get(Address.segment(word));
    if (pages == null) {
      return false;
    }
    long offset = Address.offset(word);
    int page = pages.nextSetBit(layout.pageOf(offset));
    return page >= 0 && page <= layout.pageOf(layout.endOf(offset, Address.boundBytes(word)) - 1);
  }

  private void foundByIndex(long hash, long word) {
    Segment segment = table.space().find(Address.segment(word));
    if (full != null || segment == null || seen.contains(word)) {
      return;
    }
    boolean[] visited = new boolean[1];
    try {
      boolean verified =
          walk.visit(
              segment,
              word,
              (at, place, buffer, record) -> {
                visited[0] =
                    engine.keyHash().hash(buffer, record.keyOffset(), record.keyLength()) == hash;
                if (visited[0]) {
                  found(at, place, buffer, record);
                }
              });
      if ((!verified || !visited[0])
          && Address.withoutVisits(EntryProbe.find(table, hash)) == word) {
        boolean unusedNew = seen.add(word);
        changes.add(RecordChange.removal(RecordChange.Kind.DAMAGED, hash, word));
      }
    } catch (IOException e) {
      left++;
    }
  }

  private void force() {
    if (!targets.isEmpty()) {
      if (engine.threads().keeps(Rule.RELOCATE_AFTER_FORCE)) {
        engine.forcer().forceCopies(targets);
      }
      engine.threads().step(Step.MOVE_FORCED);
    }
  }
}
