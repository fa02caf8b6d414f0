// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.format.DroppedSegment;
import io.firn.cold.format.ExtentState;
import io.firn.cold.format.FrameReader;
import io.firn.cold.format.FrameType;
import io.firn.cold.format.LogFrame;
import io.firn.cold.format.LogSegmentHeader;
import io.firn.cold.format.Manifest;
import io.firn.cold.format.OpenExtent;
import io.firn.cold.format.PartitionEntry;
import io.firn.cold.format.SegmentEntry;
import io.firn.cold.format.SlotEntry;
import io.firn.cold.format.TableEntry;
import io.firn.cold.index.Partition;
import io.firn.cold.index.Restored;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.model.Address;
import io.firn.cold.segment.Segment;
import io.firn.cold.segment.TableSpace;
import io.firn.cold.wal.LogHistory;
import io.firn.cold.wal.OldLogSegment;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Brings a store back: reads the manifest, finds the highest mark W and the end of the history,
 * applies each frame to its partition from the partition's snapshot on, opens a new log segment,
 * forces what an earlier life may have left in the page cache, and seals what was open.
 *
 * <p>Up to W no data byte is read. Above W a frame that refers to bytes counts only if they verify;
 * the first that does not is the end. For one thread.
 */
final class Recovery {
  private final Engine engine;
  private final Manifest manifest;
  private final LogHistory history;
  private final List<String> problems = new ArrayList<>();
  private final OpenExtents openExtents = new OpenExtents();
  private final StoredRecords records = new StoredRecords();
  private final CarriedRecords carried = new CarriedRecords();
  private LogHistory.Analysis analysis = LogHistory.Analysis.NONE;
  private long endLsn;
  private long frames;
  private long repaired;
  private long damagedSnapshots;
  private boolean running = true;

  Recovery(Engine engine, Manifest manifest) throws IOException {
    this.engine = engine;
    this.manifest = manifest;
    this.history = LogHistory.open(engine.disk());
  }

  LogHistory history() {
    return history;
  }

  long endLsn() {
    return endLsn;
  }

  boolean isRunning() {
    return running;
  }

  long frames() {
    return frames;
  }

  long damagedSnapshots() {
    return damagedSnapshots;
  }

  /** Returns how many carried records were written again. */
  long repaired() {
    return repaired;
  }

  /** Returns the LSN from which the frames stand that a snapshot of this opening may lack. */
  long redoLsn() {
    return manifest.redoLsn();
  }

  /** Returns a collector of the frames of batches that are in the history. */
  BatchReplay batches() {
    return new BatchReplay(analysis.commits());
  }

  List<LogHistory.Gap> gaps() {
    return analysis.gaps();
  }

  List<String> problems() {
    return problems;
  }

  void problem(String words) {
    problems.add(words);
  }

  void damagedSnapshot(Table table, Slot slot) {
    damagedSnapshots++;
    problem("snapshot " + slot.number + " of table " + table.name() + " does not verify");
  }

  /** Rebuilds tables, segments and index; returns whether the store had been closed cleanly. */
  boolean rebuild() throws IOException {
    engine.jobs().restore(manifest.jobs());
    long durable = manifest.cleanEndLsn();
    for (TableEntry entry : manifest.tables()) {
      durable = Math.max(durable, restoreTable(entry));
    }
    analysis = history.analyse(manifest.redoLsn(), durable);
    endLsn = analysis.endLsn();
    engine.manifests().afterCrash(manifest, history);
    engine.wall().atLeast(Math.max(manifest.maxWallMillis(), analysis.maxWallMillis()));
    engine.threads().step(Step.RECOVERY);
    boolean clean =
        manifest.cleanEndLsn() != 0
            && analysis.gaps().isEmpty()
            && !hasWritesSince(manifest.cleanEndLsn());
    if (!clean) {
      endLsn = redo();
      repaired = new CarriedRepair(engine, carried, openExtents).run(history, manifest, endLsn);
      engine.threads().step(Step.RECOVERY);
    }
    for (Table table : engine.tables()) {
      engine.wall().atLeast(table.space().latestTimeBaseMillis()); // the clock was there, too
    }
    for (LogHistory.Commit commit : analysis.commits().values()) {
      if (commit.lsn() < endLsn) {
        engine.batches().restore(commit.firstLsn(), commit.lsn());
      }
    }
    engine.threads().step(Step.RECOVERY);
    return clean;
  }

  private boolean hasWritesSince(long lsn) throws IOException {
    boolean[] found = new boolean[1];
    history.replay(
        lsn,
        endLsn,
        (position, frame) -> {
          found[0] =
              switch (frame.type()) {
                case DURABLE, PAD, SEGMENT_END, CHECKPOINT_BEGIN, CHECKPOINT_END -> found[0];
                default -> true;
              };
          return !found[0];
        });
    return found[0];
  }

  private long restoreTable(TableEntry entry) throws IOException {
    Table table = engine.addTable(entry.id(), entry.name(), entry.options(), manifest.redoLsn());
    table.space().restoreNextNumber(entry.nextSegment());
    for (DroppedSegment d : entry.dropped()) {
      table.space().restoreDropped(d.number(), d.dropLsn());
    }
    TableSpace space = table.space();
    for (SegmentEntry s : entry.segments()) {
      Segment unused = space.restore(s);
    }
    for (OpenExtent extent : entry.openExtents()) {
      openExtents.open(entry.id(), extent);
    }
    SnapshotLoader loader = new SnapshotLoader(this, table);
    List<Restored> partitions = new ArrayList<>();
    Map<Long, Slot> slots = new LinkedHashMap<>();
    long newest = 0;
    for (PartitionEntry p : entry.partitions()) {
      SlotPair pair = new SlotPair(manifest.redoLsn());
      pair.newer = slot(p.slots().get(0), slots);
      pair.older = slot(p.slots().get(1), slots);
      newest = Math.max(newest, pair.newer == null ? 0 : pair.newer.lsn);
      int entries = pair.newer == null ? 0 : pair.newer.entries;
      partitions.add(new Restored(p.prefix(), p.bits(), entries, loader, pair));
    }
    table.indexFile().restore(slots.values());
    if (!partitions.isEmpty()) {
      table.index().restore(partitions);
    }
    return newest;
  }

  private static @Nullable Slot slot(SlotEntry entry, Map<Long, Slot> slots) {
    if (entry.number() == 0) {
      return null;
    }
    Slot known = slots.get(entry.offset());
    if (known != null) {
      known.references++;
      return known;
    }
    Slot slot = new Slot(entry.offset(), entry.capacityBytes());
    slot.number = entry.number();
    slot.lsn = entry.lsn();
    slot.entries = entry.entries();
    slot.prefix = entry.prefix();
    slot.bits = entry.bits();
    slots.put(entry.offset(), slot);
    return slot;
  }

  /** Applies the log; returns the end of the history. */
  private long redo() throws IOException {
    forgetDroppedTables();
    long[] end = {analysis.endLsn()};
    BatchReplay batches = batches();
    history.replay(
        manifest.redoLsn(),
        analysis.endLsn(),
        (lsn, frame) -> {
          if (!apply(lsn, frame, batches)) {
            end[0] = lsn;
            return false;
          }
          frames++;
          return true;
        });
    return end[0];
  }

  /** Forgets the tables that a durable frame drops: their files may be gone. */
  private void forgetDroppedTables() throws IOException {
    history.replay(
        manifest.redoLsn(),
        Math.min(analysis.markLsn(), analysis.endLsn()),
        (lsn, frame) -> {
          if (frame.type() == FrameType.TABLE_DROP) {
            engine.removeTable(frame.tableId());
          }
          return true;
        });
  }

  /** Applies one frame; false if it does not count, so that the history ends before it. */
  private boolean apply(long lsn, FrameReader frame, BatchReplay batches) throws IOException {
    switch (frame.type()) {
      case TABLE_CREATE, TABLE_DROP, SEGMENT_CREATE, SEGMENT_STATE, SEGMENT_DROP, JOB_STATE -> {
        applyRare(lsn, LogFrame.decode(frame, "log"));
        return true;
      }
      case TUPLE_INSERT, TUPLE_UPDATE, TUPLE_DELETE, PAGE_DELTA, PAGE_IMAGE -> {
        if (frame.isInBatch()) {
          batches.collect(lsn, frame);
          return true;
        }
        return apply(lsn, List.of(RedoChange.of(lsn, frame)));
      }
      case BATCH_COMMIT -> {
        return apply(lsn, batches.take(frame));
      }
      case RELOCATE -> {
        Table table = engine.table(frame.tableId());
        if (table != null) {
          RelocateRedo.apply(table, lsn, frame);
        }
        return true;
      }
      case TABLE_CLEAR -> {
        Table table = engine.table(frame.tableId());
        if (table != null) {
          table.clearDuringRecovery(lsn);
        }
        return true;
      }
      default -> {
        return true;
      }
    }
  }

  /** Applies changes that are made at one LSN, all or none; false if one of them does not count. */
  private boolean apply(long lsn, List<RedoChange> changes) throws IOException {
    for (RedoChange change : changes) {
      Table table = engine.table(change.tableId());
      if (table != null && change.isDoubtful(analysis.markLsn()) && !counts(table, change)) {
        return false;
      }
    }
    for (RedoChange change : changes) {
      Table table = engine.table(change.tableId());
      if (table != null) {
        set(table, lsn, change);
      }
    }
    return true;
  }

  private boolean counts(Table table, RedoChange change) throws IOException {
    return change.needsBytes()
        ? records.verify(table, change.word(), change.recordCrc(), change.lsn())
        : table.space().find(Address.segment(change.word())) != null;
  }

  private void set(Table table, long lsn, RedoChange change) {
    long hash = change.hash();
    long word = change.word();
    if (word != Address.NONE) {
      table.index().ensureRoom(hash);
      table.space().redone(word);
    }
    Partition partition = table.index().lock(hash);
    try {
      if (lsn < IndexFile.pairOf(partition).newestLsn()) {
        return;
      }
      long ignored = word == Address.NONE ? partition.remove(hash) : partition.put(hash, word);
      carried.set(change);
    } finally {
      partition.unlock();
    }
  }

  private void applyRare(long lsn, LogFrame frame) throws IOException {
    if (frame instanceof LogFrame.TableCreate create) {
      applyTableCreate(lsn, create);
    } else if (frame instanceof LogFrame.TableDrop drop) {
      engine.removeTable(drop.tableId());
      openExtents.forgetTable(drop.tableId());
    } else if (frame instanceof LogFrame.SegmentCreate create) {
      applySegmentCreate(lsn, create);
    } else if (frame instanceof LogFrame.SegmentDrop drop) {
      applySegmentDrop(lsn, drop);
    } else if (frame instanceof LogFrame.JobState job) {
      engine.jobs().restore(job);
    } else if (frame instanceof LogFrame.SegmentState state) {
      OpenExtent extent = new OpenExtent(state.segment(), state.firstPage(), state.pages());
      if (state.state() == ExtentState.SEALED && state.pages() == 0) {
        return; // it gave all pages back before, and another may have been opened in them
      }
      if (state.state() == ExtentState.OPEN || lsn >= analysis.markLsn()) {
        openExtents.open(state.tableId(), extent);
      } else {
        openExtents.sealed(state.tableId(), extent);
      }
    }
  }

  private void applyTableCreate(long lsn, LogFrame.TableCreate create) {
    Table present = engine.table(create.tableId());
    if (present != null) {
      present.options(create.options());
    } else if (create.tableId() >= manifest.nextTableId()) {
      // The manifest knows what became of the tables before it.
      Table ignored = engine.addTable(create.tableId(), create.name(), create.options(), lsn);
    }
  }

  private void applySegmentCreate(long lsn, LogFrame.SegmentCreate create) throws IOException {
    Table table = engine.table(create.tableId());
    if (table == null) {
      return;
    }
    Segment present = table.space().find(create.segment());
    Long droppedAt = table.space().droppedNumbers().get(create.segment());
    if (present != null && present.lsnBase() < create.lsnBase()) {
      // The older one never reached the disk, so it was never dropped.
      table.space().restoreDropped(create.segment(), present.lsnBase());
      present = null;
      droppedAt = null;
    }
    if (present == null && (droppedAt == null || droppedAt < lsn)) {
      Segment segment = table.space().restore(SegmentEntry.of(create));
      if (segment != null && lsn >= analysis.markLsn()) {
        segment.writeHeader();
      }
    }
  }

  private void applySegmentDrop(long lsn, LogFrame.SegmentDrop drop) throws IOException {
    Table table = engine.table(drop.tableId());
    if (table == null) {
      return;
    }
    Segment present = table.space().find(drop.segment());
    if (present == null || present.lsnBase() <= lsn) {
      table.space().restoreDropped(drop.segment(), lsn);
      openExtents.forgetSegment(drop.tableId(), drop.segment());
    }
  }

  /** Opens this life's first log segment; nothing is accepted before it is durable. */
  void startLog() throws IOException {
    List<OldLogSegment> earlier = new ArrayList<>(history.discarded());
    earlier.addAll(history.segments());
    for (OldLogSegment segment : earlier) {
      engine.ledger().adopt(segment.capacity());
    }
    long first = align(Math.max(history.firstFreeLsn(), endLsn));
    boolean cutsTail = engine.threads().keeps(Rule.NEW_LIFE_NEW_SEGMENT);
    engine.log().start(first, cutsTail ? endLsn : first, history.nextSequence(), earlier);
    openExtents.log(engine);
    engine.threads().step(Step.RECOVERY);
  }

  private static long align(long lsn) {
    return (lsn + 63) / 64 * 64;
  }

  /**
   * Forces what an earlier life may have left in the page cache only, and marks it. That is its
   * last mark at least, even after a clean close: no mark covers itself. What no mark covers is
   * written again first, as the records were that verified: if a force has failed in that life, the
   * pages are clean now, and to force them would do nothing.
   */
  void firstForce(boolean clean) throws IOException {
    engine.manifests().rewrite();
    for (OldLogSegment segment : history.segments()) {
      try (DiskFile file = engine.disk().open(segment.path(), Disk.OpenMode.WRITE)) {
        writeAgain(segment, file);
        file.force();
      }
    }
    if (!clean) {
      for (Table table : engine.tables()) {
        for (Segment segment : table.space().segments()) {
          engine.forcer().dirty(segment);
          engine.forcer().dirtyDirectory(TableSpace.directory(table.id()));
        }
      }
      engine.forcer().dirtyDirectory("data");
      engine.forcer().dirtyDirectory("index");
      engine.forcer().dirtyDirectory("wal");
    }
    engine.forcer().ensureForced(engine.log().end());
    engine.forcer().ensureReleasable(engine.log().end());
    engine.threads().step(Step.RECOVERY);
  }

  private void writeAgain(OldLogSegment segment, DiskFile file) throws IOException {
    long from = Math.max(segment.baseLsn(), analysis.markLsn());
    int length = (int) (Math.min(segment.endLsn(), endLsn) - from);
    long offset = from - segment.baseLsn() + LogSegmentHeader.BYTES;
    if (length > 0 && offset + length <= file.size()) {
      byte[] bytes = new byte[length];
      file.read(offset, bytes, 0, length);
      file.write(offset, bytes, 0, length);
    }
  }

  /** Tells whether extents are to be sealed, which needs the whole index. */
  boolean hasOpenExtents() {
    return openExtents.any();
  }

  /** Counts all charges, when the whole index was loaded; entries into nothing are removed. */
  void countCharges() {
    for (Table table : engine.tables()) {
      table
          .index()
          .lockAll(
              partitions -> {
                for (Partition partition : partitions) {
                  credit(table, partition);
                }
              });
    }
  }

  /** Counts the charges of one partition, under its lock; removes entries into nothing. */
  void credit(Table table, Partition partition) {
    List<Long> voids = new ArrayList<>();
    partition.forEach(
        (hash, word) -> {
          if (!table.space().credit(word)) {
            voids.add(hash);
          }
        });
    for (long hash : voids) {
      long ignored = partition.remove(hash);
    }
    if (!voids.isEmpty()) {
      problem(voids.size() + " entries of table " + table.name() + " pointed to no segment");
    }
  }

  /** Makes the extents walkable that were open; their bytes are durable and marked by now. */
  void sealOpenExtents() throws IOException {
    openExtents.seal(engine);
    engine.threads().step(Step.RECOVERY);
  }

  /** Ends the recovery; from now on partitions that are loaded count their charges themselves. */
  void finish() {
    running = false;
  }
}
