// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Step;
import io.firn.cold.format.DroppedSegment;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.format.LogFrame;
import io.firn.cold.format.Manifest;
import io.firn.cold.format.OpenExtent;
import io.firn.cold.format.PartitionEntry;
import io.firn.cold.format.SegmentEntry;
import io.firn.cold.format.SlotEntry;
import io.firn.cold.format.SlotHeader;
import io.firn.cold.format.TableEntry;
import io.firn.cold.index.Partition;
import io.firn.cold.segment.PageRun;
import io.firn.cold.segment.Segment;
import io.firn.cold.segment.SpaceJournal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * Writes snapshots of partitions and names them in the manifest, so that the log before them can
 * go. Thread-safe: one checkpoint at a time.
 *
 * <p>A snapshot is copied under its partition's lock at LSN s, written over the older of the two,
 * and named only after data and log are forced up to s.
 */
final class Checkpointer {
  /** A share of what the log keeps for frames like this one. */
  private static final int SUMMARY_SHARE_OF_FRAME = 4;

  private static final int MOST_BATCHES = 8;
  private static final int FRAME_RESERVE_BYTES = 64 + 16 * MOST_BATCHES;
  private static final int BYTES_PER_PARTITION = 24;

  private final Engine engine;
  private final Lock turn;
  private final AtomicLong checkpoints = new AtomicLong();
  private final long firstSlotNumber;

  /** Belongs to the turn. */
  private boolean unnamed;

  private long nextSlotNumber;
  private final AtomicLong snapshotBytes = new AtomicLong();
  private byte[] entries = new byte[0];

  /** A snapshot that was written and is not named yet; {@code slot} is null if nothing changed. */
  private record Captured(
      Table table,
      Partition partition,
      SlotPair pair,
      @Nullable Slot slot,
      long number,
      long lsn,
      int size,
      long changes) {}

  Checkpointer(Engine engine, long nextSlotNumber) {
    this.engine = engine;
    this.turn = engine.threads().newLock("checkpoint");
    this.firstSlotNumber = nextSlotNumber;
    this.nextSlotNumber = nextSlotNumber;
  }

  /** Returns the bytes of snapshots written since the start. */
  long snapshotBytes() {
    return snapshotBytes.get();
  }

  /**
   * Tells whether the last checkpoint failed, so that older snapshots and the older manifest may be
   * overwritten, by half or wholly, while the manifest that counts still names them. Between
   * checkpoints.
   */
  boolean hasUnnamed() {
    return unnamed;
  }

  /** Returns the number of the first snapshot that this life takes. */
  long firstSlotNumber() {
    return firstSlotNumber;
  }

  /** Runs an action while no snapshot and no manifest is written. */
  void betweenCheckpoints(SpaceJournal.FileAction action) throws IOException {
    turn.lock();
    try {
      action.run();
    } finally {
      turn.unlock();
    }
  }

  /** Returns how many checkpoints were completed. */
  long checkpoints() {
    return checkpoints.get();
  }

  /**
   * Takes a checkpoint of the partitions that keep log below an LSN, then gives up what log is not
   * needed any more.
   *
   * @param targetLsn partitions whose older snapshot is at or above are left alone
   * @param clean whether nothing will be appended after this checkpoint
   */
  void checkpoint(long targetLsn, boolean clean) throws IOException {
    turn.lock();
    try {
      checkpointInTurn(targetLsn, clean);
    } finally {
      turn.unlock();
    }
  }

  private void checkpointInTurn(long target, boolean clean) throws IOException {
    // The log behind a gap is of use only once all snapshots are above it.
    long targetLsn = engine.log().losses().isOpen() ? Long.MAX_VALUE : target;
    engine.manifests().settle();
    FrameWriter frame = new FrameWriter();
    long unusedBegin = engine.log().appendLast(frame, frame.checkpointBegin(checkpoints.get() + 1));
    Engine.Catalogue catalogue = engine.catalogue();
    List<Table> tables = catalogue.tables();
    List<Captured> captured = new ArrayList<>();
    boolean named = false;
    unnamed = true;
    try {
      for (Table table : tables) {
        captureTable(table, targetLsn, captured);
      }
      name(catalogue, captured, clean);
      named = true;
      unnamed = false;
    } finally {
      for (Captured each : captured) {
        if (!named && each.slot != null) {
          each.table.indexFile().forgetTarget(each.slot);
        }
        each.pair.captured = false;
      }
    }
    long unusedCount = checkpoints.incrementAndGet();
    engine.log().retire(engine.manifests().neededLsn());
    if (!clean) {
      long unusedEnd = engine.log().appendLast(frame, frame.checkpointEnd(summary(captured)));
    }
  }

  private void captureTable(Table table, long targetLsn, List<Captured> captured)
      throws IOException {
    boolean written = false;
    for (Partition partition : table.index().partitions()) {
      SlotPair pair = IndexFile.pairOf(partition);
      if (partition.isLoaded() && pair.oldestLsn() < targetLsn) {
        Captured each = capture(table, partition, pair);
        if (each != null) {
          captured.add(each);
          written |= each.slot != null;
        }
      }
    }
    if (written) {
      table.indexFile().file().force();
      engine.forcer().dirtyDirectory("index");
    }
  }

  /** Copies and writes one partition; null if it was split meanwhile. */
  private @Nullable Captured capture(Table table, Partition partition, SlotPair pair)
      throws IOException {
    int size;
    long lsn;
    long changes;
    partition.lock();
    try {
      if (partition.isRetired()) {
        return null;
      }
      pair.captured = true;
      lsn = engine.log().end();
      changes = partition.changes();
      size = partition.size();
      Slot newer = pair.newer;
      boolean unchanged =
          newer != null && newer.bits == partition.prefixBits() && pair.capturedChanges == changes;
      if (unchanged && pair.bothCurrent) {
        return new Captured(table, partition, pair, null, 0, lsn, size, changes);
      }
      int bytes = size * SlotHeader.ENTRY_BYTES;
      if (entries.length < bytes) {
        entries = new byte[bytes + bytes / 4];
      }
      size = partition.copyEntries(entries, 0) / SlotHeader.ENTRY_BYTES;
    } finally {
      partition.unlock();
    }
    engine.threads().step(Step.CAPTURED);
    Slot slot = target(table, pair, size);
    long number = nextSlotNumber++;
    boolean done = false;
    try {
      write(table, partition, slot, number, lsn, size);
      done = true;
    } finally {
      if (!done) {
        table.indexFile().forgetTarget(slot);
        pair.captured = false;
      }
    }
    pair.bothCurrent = false;
    return new Captured(table, partition, pair, slot, number, lsn, size, changes);
  }

  private static Slot target(Table table, SlotPair pair, int size) {
    boolean done = false;
    try {
      Slot slot = table.indexFile().target(pair, size);
      done = true;
      return slot;
    } finally {
      if (!done) {
        pair.captured = false;
      }
    }
  }

  private void write(Table table, Partition partition, Slot slot, long number, long lsn, int size)
      throws IOException {
    SlotHeader header =
        new SlotHeader(table.id(), partition.prefix(), partition.prefixBits(), number, lsn, size);
    byte[] head = new byte[SlotHeader.SLOT_HEADER_BYTES];
    int bytes = size * SlotHeader.ENTRY_BYTES;
    header.encode(head, entries, 0, bytes);
    table.indexFile().file().write(slot.offset, head, 0, head.length);
    if (bytes > 0) {
      table.indexFile().file().write(slot.offset + head.length, entries, 0, bytes);
    }
    long unused = snapshotBytes.addAndGet(head.length + bytes);
  }

  /**
   * Names the snapshots once all that the manifest knows is durable, drops of segments included.
   */
  private void name(Engine.Catalogue catalogue, List<Captured> captured, boolean clean)
      throws IOException {
    engine.threads().step(Step.SNAPSHOT_WRITTEN);
    ManifestDraft draft = new ManifestDraft(captured);
    Manifest manifest = draft.manifest(catalogue, clean);
    if (engine.threads().keeps(Rule.NAME_AFTER_FORCE)) {
      engine.forcer().ensureNameable(manifest.redoLsn());
    }
    engine.threads().step(Step.NAMING);
    engine.manifests().write(manifest);
    engine.batches().forget(draft.snapshotsLsn);
    engine.log().losses().bridged(manifest.redoLsn());
    for (Captured each : captured) {
      apply(each);
    }
    for (Table table : catalogue.tables()) {
      table.indexFile().manifestWritten();
    }
    engine.threads().step(Step.SNAPSHOT_NAMED);
  }

  private static void apply(Captured each) {
    SlotPair pair = each.pair;
    Slot slot = each.slot;
    if (slot == null) {
      advance(pair.newer, each.lsn);
      advance(pair.older, each.lsn);
      return;
    }
    boolean sameContent = pair.capturedChanges == each.changes && pair.newer != null;
    if (sameContent) {
      advance(pair.newer, each.lsn);
    }
    slot.number = each.number;
    slot.lsn = each.lsn;
    slot.entries = each.size;
    slot.prefix = each.partition.prefix();
    slot.bits = each.partition.prefixBits();
    each.table.indexFile().promote(pair, slot);
    pair.bothCurrent = sameContent;
    pair.capturedChanges = each.changes;
  }

  private static void advance(@Nullable Slot slot, long lsn) {
    if (slot != null) {
      slot.lsn = Math.max(slot.lsn, lsn);
    }
  }

  private LogFrame.CheckpointEnd summary(List<Captured> captured) {
    int most =
        (engine.options().log().maximumFrameBytes() / SUMMARY_SHARE_OF_FRAME - FRAME_RESERVE_BYTES)
            / BYTES_PER_PARTITION;
    List<LogFrame.PartitionLsn> partitions = new ArrayList<>();
    for (Captured each : captured) {
      if (partitions.size() < most) {
        partitions.add(
            new LogFrame.PartitionLsn(
                each.table.id(), each.partition.prefix(), each.partition.prefixBits(), each.lsn));
      }
    }
    List<LogFrame.OpenBatch> batches = engine.batches().latest(MOST_BATCHES);
    return new LogFrame.CheckpointEnd(checkpoints.get(), partitions, batches, List.of());
  }

  /** The manifest as it will be once the captured snapshots are named. */
  private final class ManifestDraft {
    private final IdentityHashMap<Partition, Captured> captured = new IdentityHashMap<>();
    private final long brokenBelowLsn = engine.log().losses().brokenBelowLsn();

    /** The lowest LSN of a snapshot that may be loaded. */
    private long snapshotsLsn;

    ManifestDraft(List<Captured> captured) {
      for (Captured each : captured) {
        this.captured.put(each.partition, each);
      }
    }

    Manifest manifest(Engine.Catalogue catalogue, boolean clean) {
      snapshotsLsn = catalogue.lsn();
      List<TableEntry> entries = new ArrayList<>();
      for (Table table : catalogue.tables()) {
        entries.add(table(table));
      }
      return new Manifest(
          engine.manifests().nextNumber(),
          engine.identity(),
          catalogue.nextTableId(),
          engine.wallMillis(),
          clean ? engine.log().end() : 0,
          engine.batches().redoLsn(snapshotsLsn, engine.time().nanoTime()),
          0,
          nextSlotNumber,
          entries,
          List.of(),
          engine.jobs().forManifest());
    }

    private TableEntry table(Table table) {
      List<SegmentEntry> segments = new ArrayList<>();
      Map<Integer, Long> dropped = new TreeMap<>();
      for (Segment s : table.space().segments()) {
        if (s.isDropped()) {
          dropped.put(s.number(), s.dropLsn());
        } else {
          segments.add(
              new SegmentEntry(
                  s.number(),
                  s.capacity(),
                  s.streamClass(),
                  s.lsnBase(),
                  s.timeBaseMillis(),
                  s.expiry().savedMillis(),
                  Math.max(0, s.liveCharge()),
                  Math.max(0, s.liveRecords())));
        }
      }
      dropped.putAll(table.space().droppedNumbers());
      List<DroppedSegment> numbers = new ArrayList<>();
      dropped.forEach((number, lsn) -> numbers.add(new DroppedSegment(number, lsn)));
      Set<OpenExtent> extents = new LinkedHashSet<>();
      for (PageRun run : table.space().unsealedExtents()) {
        extents.add(new OpenExtent(run.segment(), run.firstPage(), run.pages()));
      }
      return new TableEntry(
          table.id(),
          table.name(),
          table.options(),
          table.space().nextNumber(),
          segments,
          numbers,
          List.copyOf(extents),
          partitions(table));
    }

    private List<PartitionEntry> partitions(Table table) {
      List<PartitionEntry> partitions = new ArrayList<>();
      table.indexFile().lock().lock();
      try {
        for (Partition partition : table.index().partitions()) {
          partitions.add(partition(partition));
        }
      } finally {
        table.indexFile().lock().unlock();
      }
      return partitions;
    }

    private PartitionEntry partition(Partition partition) {
      SlotPair pair = IndexFile.pairOf(partition);
      Captured named = captured.get(partition);
      SlotEntry newer = entry(pair.newer, 0);
      SlotEntry older = entry(pair.older, 0);
      if (named != null && named.slot == null) {
        newer = entry(pair.newer, named.lsn);
        older = entry(pair.older, named.lsn);
      } else if (named != null && named.slot != null) {
        boolean same = pair.capturedChanges == named.changes && pair.newer != null;
        older = entry(pair.newer, same ? named.lsn : 0);
        newer =
            new SlotEntry(
                named.slot.offset,
                named.slot.capacityBytes,
                named.number,
                named.lsn,
                named.size,
                partition.prefix(),
                partition.prefixBits());
      }
      long oldest = older.number() == 0 ? pair.baseLsn : older.lsn();
      if (oldest < brokenBelowLsn && newer.lsn() >= brokenBelowLsn) {
        older = SlotEntry.NONE; // the log that leads from it to the present may be lost
        oldest = newer.lsn();
      }
      snapshotsLsn = Math.min(snapshotsLsn, oldest);
      return new PartitionEntry(partition.prefix(), partition.prefixBits(), List.of(newer, older));
    }

    private SlotEntry entry(@Nullable Slot slot, long lsn) {
      return slot == null || !slot.holdsSnapshot()
          ? SlotEntry.NONE
          : new SlotEntry(
              slot.offset,
              slot.capacityBytes,
              slot.number,
              Math.max(slot.lsn, lsn),
              slot.entries,
              slot.prefix,
              slot.bits);
    }
  }
}
