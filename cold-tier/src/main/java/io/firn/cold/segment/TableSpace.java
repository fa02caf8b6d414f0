// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Threads;
import io.firn.cold.format.PageLayout;
import io.firn.cold.format.SegmentEntry;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskLedger;
import io.firn.cold.model.Address;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.StoreIoException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The data files of one table: which segments exist, which pages are free, which extents its
 * streams fill. Claims, debits and lookups are thread-safe; sealing and releasing belong to the
 * workers.
 */
public final class TableSpace {
  /* Locks, in order: the open turn (held over I/O by whoever opens an extent or a segment), a stream's
   * lock, the space lock (page states, free-space map, lists). The last two are never held over I/O. */

  private final int tableId;
  private final SpaceShape shape;
  private final PageLayout layout;
  private final FileAccount account;
  private final Threads threads;
  private final SpaceJournal journal;
  private final SegmentFiles files;
  private final Lifespans lifespans = new Lifespans();
  private final PageMap pages;
  private final RunSource runs;
  private final Streams streams;
  private final AtomicLong liveCharge = new AtomicLong();

  /** Creates the space of a table without data. */
  public TableSpace(
      int tableId,
      SpaceShape shape,
      Disk disk,
      DiskLedger ledger,
      Threads threads,
      SpaceJournal journal) {
    this.tableId = tableId;
    this.shape = shape;
    this.layout = new PageLayout(shape.pageBytes());
    this.account = new FileAccount(tableId, ledger, journal);
    this.threads = threads;
    this.journal = journal;
    Lock lock = threads.newLock("space " + tableId);
    this.files = new SegmentFiles(tableId, shape, layout, disk, threads, journal, lock);
    this.pages = new PageMap(layout, files, lock, lifespans, shape.longRunPages());
    this.runs =
        new RunSource(shape, disk, account, journal, threads, files, pages, liveCharge::get);
    this.streams = new Streams(this, shape, threads, journal);
  }

  /** Returns the directory of a table's segments. */
  public static String directory(int tableId) {
    return SegmentFiles.directory(tableId);
  }

  /** Returns how pages and records are laid out. */
  public PageLayout layout() {
    return layout;
  }

  /** Returns a segment, or null if there is none of that number, or it was dropped. */
  public @Nullable Segment find(int number) {
    return files.find(number);
  }

  /** Takes the charge of a record away that is no longer current. */
  public void debit(long word) {
    Segment segment = find(Address.segment(word));
    if (segment != null && threads.keeps(Rule.DEBIT_REPLACED)) {
      segment.debit(word);
      liveCharge.addAndGet(-Address.boundBytes(word));
    }
  }

  /** Adds the charge of a record that a snapshot or a frame names; false if its segment is gone. */
  public boolean credit(long word) {
    Segment segment = find(Address.segment(word));
    if (segment == null
        || layout.endOf(Address.offset(word), Address.boundBytes(word)) > segment.capacity()) {
      return false;
    }
    segment.credit(word);
    liveCharge.addAndGet(Address.boundBytes(word));
    return true;
  }

  /** Adds the charge of space that was claimed. */
  void credit(Claim claim) {
    claim.segment().credit(claim.word());
    liveCharge.addAndGet(Address.boundBytes(claim.word()));
  }

  /** Returns the size that a new segment would have now, unless a record needs a larger one. */
  public long segmentBytes() {
    return shape.segmentBytes(liveCharge.get());
  }

  /** Returns the charges of all live records, in bytes. */
  public long liveCharge() {
    return liveCharge.get();
  }

  /**
   * Claims space for a record of a length, in the stream of its remaining lifetime, or of its
   * lifespan.
   *
   * @param remainingMillis how long the record will live; {@link Long#MAX_VALUE} if for ever
   * @param replaced the address word of the version that it is going to replace, as far as is
   *     known; a hint, {@link Address#NONE} if there is none
   * @throws DiskFullException if there is no room
   * @throws StoreIoException if a file cannot be opened or grown
   */
  public void claim(Claim claim, int length, long remainingMillis, long replaced) {
    streams.claim(claim, length, remainingMillis, replaced);
  }

  /** Tells whether the version that a record replaces decides where the record goes. */
  public boolean asksForReplaced(long remainingMillis) {
    return remainingMillis == Long.MAX_VALUE && shape.lifespanStreams(liveCharge.get()) > 0;
  }

  /** Returns the stream class of a record without expiry that replaces another. */
  int classAfter(long replaced) {
    Segment segment = replaced == Address.NONE ? null : find(Address.segment(replaced));
    if (segment == null) {
      return Lifespans.LASTING;
    }
    int birth = segment.birth(layout.pageOf(Address.offset(replaced)));
    return lifespans.classAfter(
        segment.streamClass(), birth, liveCharge.get() / layout.pageBytes());
  }

  /**
   * Claims space for the copy of a record that is moved, in the stream of what will last, or of
   * what may not. Some space is kept for that which {@link #claim} never takes.
   *
   * @param from the address word of the record
   * @param remainingMillis how long the record will live; {@link Long#MAX_VALUE} if for ever
   * @throws DiskFullException if there is no room
   * @throws StoreIoException if a file cannot be opened or grown
   */
  public void claimCopy(Claim claim, int length, long from, long remainingMillis) {
    Segment segment = find(Address.segment(from));
    boolean lasts =
        segment != null
            && lifespans.lasts(
                segment.streamClass(),
                segment.birth(layout.pageOf(Address.offset(from))),
                liveCharge.get() / layout.pageBytes());
    streams.claimCopy(claim, length, lasts, remainingMillis);
  }

  /**
   * Bounds the bytes of the table's data files, from now on: a new one that would pass the limit is
   * refused as on a full disk, and as there some is kept for records that are moved.
   *
   * @param bytes the limit; {@link Long#MAX_VALUE} for none but the store's
   */
  public void limit(long bytes) {
    account.limit(bytes);
  }

  /** Returns the limit of {@link #limit}. */
  public long limit() {
    return account.limit();
  }

  /** Returns the bytes of the table's data files. */
  public long fileBytes() {
    return account.usedBytes();
  }

  FileAccount account() {
    return account;
  }

  /** Returns the bytes that moving records needs and that no free page of this table provides. */
  public long missingEvacuationBytes() {
    return runs.missingEvacuationBytes();
  }

  /** Returns from how many free pages on a stream takes a run of its class again. */
  public int longRunPages() {
    return shape.longRunPages();
  }

  /** Returns the bytes of free pages that copies may take, together so that any record fits. */
  public long copyRunsBytes() {
    return runs.copyRunsBytes();
  }

  /** Returns the bytes of free pages that new records may take: without those kept for copies. */
  public long writableBytes() {
    return runs.writableBytes();
  }

  /**
   * Holds sealed pages, so that they are not released while their records are moved, and their
   * segments are neither dropped nor unmapped.
   *
   * @param wholeSegments whether free pages are withheld as well, so that nothing new is written
   *     there
   * @return the runs that are held, without the pages that cannot be; they go to {@link #letGo}
   */
  public List<PageRun> hold(List<PageRun> wanted, boolean wholeSegments) {
    List<PageRun> held = new ArrayList<>();
    for (PageRun run : wanted) {
      held.addAll(pages.hold(run, wholeSegments));
    }
    return held;
  }

  /** Ends holds; what has no live record any more is released when nobody can need it. */
  public void letGo(List<PageRun> held) {
    for (PageRun run : held) {
      pages.letGo(run);
    }
  }

  /** Tells whether the records of a page can be read: it is sealed and not given up. */
  public boolean isSealed(Segment segment, int page) {
    return pages.isSealed(segment, page);
  }

  /** Returns what the pages of a segment are used for now, and their charges. */
  public PageStates pageStates(Segment segment) {
    return pages.states(segment);
  }

  /** Takes a claimed record's charge back that never became current. */
  public void abandon(Claim claim) {
    liveCharge.addAndGet(-Address.boundBytes(claim.word()));
    claim.abandon();
  }

  /** Ends an extent that left its stream: gives the pages back that were never used. */
  void closeExtent(Extent extent) {
    extent.endPreparing();
    pages.close(extent);
    if (!extent.segment().takesSurvivors()) {
      lifespans.filled(extent.pages());
    }
    if (!threads.keeps(Rule.UNMAP_AFTER_CLAIMS)) {
      extent.endPutting();
    }
    extent.release();
  }

  /** Takes pages for a stream, of a new segment if need be; in the open turn. */
  Extent openExtent(Stream stream, @Nullable Extent full, int length) throws IOException {
    int bound = Address.classBound(Address.classOf(length));
    int dataPerPage = layout.pageBytes() - PageLayout.PAGE_HEADER_BYTES;
    int wanted =
        Math.max(shape.extentPages(), (bound + PageLayout.SEGMENT_HEADER_BYTES) / dataPerPage + 2);
    int preferred = full == null ? 0 : full.segment().number();
    return open(runs.take(stream, preferred, wanted, bound));
  }

  /** Takes pages for a stream if that needs nothing to be reclaimed; in the open turn. */
  @Nullable Extent openExtentIfRoom(Stream stream, Extent before) throws IOException {
    PageRun run = runs.takeIfRoom(stream, before.segment().number(), shape.extentPages(), 0);
    return run == null ? null : open(run);
  }

  private Extent open(PageRun run) throws IOException {
    Segment segment = find(run.segment());
    if (segment == null) {
      throw new IOException("segment " + run.segment() + " went while it was opened");
    }
    Extent extent = null;
    boolean opened = false;
    try {
      extent = newExtent(segment, run.firstPage(), run.pages(), this::addSealable);
      journal.extentOpened(run.segment(), run.firstPage(), run.pages());
      opened = true;
      pages.opened(extent);
      return extent;
    } finally {
      if (!opened) {
        if (extent != null) {
          extent.endPutting();
        }
        pages.giveBack(segment, run);
      }
    }
  }

  private Extent newExtent(Segment segment, int firstPage, int pages, Consumer<Extent> onSealable)
      throws IOException {
    return new Extent(
        segment,
        layout,
        segment.openWindow(firstPage, pages),
        threads.newLock("prepare turn"),
        firstPage,
        pages,
        shape.aheadBytes(),
        onSealable);
  }

  private void addSealable(Extent extent) {
    pages.addSealable(extent);
    journal.wakeWorkers();
  }

  /**
   * Adds a segment that an earlier life left; its pages count as used until they are found dead.
   *
   * @return null if it has no file
   */
  public @Nullable Segment restore(SegmentEntry entry) throws IOException {
    Segment segment = files.restore(entry);
    if (segment == null) {
      return null;
    }
    account.adopt(segment.capacity());
    pages.addUsed(segment);
    return segment;
  }

  /** Notes a record that the log tells of: what is written down of its segment may be older. */
  public void redone(long word) {
    Segment segment = find(Address.segment(word));
    if (segment != null && threads.keeps(Rule.EXPIRY_UNKNOWN_AFTER_REDO)) {
      segment.expiry().unknown();
    }
  }

  /** Forgets a segment that a frame drops during recovery; its file is deleted as an orphan. */
  public void restoreDropped(int number, long dropLsn) throws IOException {
    Segment segment = find(number);
    if (segment != null) {
      pages.remove(segment);
      segment.close();
      account.release(segment.capacity());
    }
    files.restoreDropped(number, dropLsn);
  }

  /** Makes an extent walkable that a crash left open. */
  public void repairExtent(int number, int firstPage, int pages, long[] words) throws IOException {
    Segment segment = find(number);
    if (segment == null || firstPage + pages > segment.pages()) {
      return;
    }
    Extent extent = newExtent(segment, firstPage, pages, walked -> {});
    try {
      extent.repair(words);
    } finally {
      extent.endPutting();
      segment.closeFinishedWindows();
    }
    if (extent.seal()) {
      journal.dirty(segment);
    }
  }

  /** Computes the checksum of a sealed page again, in which recovery wrote a record. */
  public void renewChecksum(int number, int page) throws IOException {
    Segment segment = find(number);
    if (segment != null && segment.renewChecksum(page)) {
      journal.dirty(segment);
    }
  }

  /** Tells whether all charges are known; while not, only new segments are filled. */
  public void complete(boolean known) {
    pages.complete(known);
  }

  public boolean isComplete() {
    return pages.isComplete();
  }

  /**
   * Returns the latest time from which the times of a segment count, 0 without segments. What
   * expires before it would be stored as expiring at it.
   */
  public long latestTimeBaseMillis() {
    return segments().stream().mapToLong(Segment::timeBaseMillis).max().orElse(0);
  }

  /** Returns every segment that exists, ascending by number. */
  public List<Segment> segments() {
    return files.all();
  }

  /** Returns the runs of pages that are being filled, or were and are not sealed yet. */
  public List<PageRun> unsealedExtents() {
    return pages.unsealedExtents();
  }

  /** Returns the numbers that may not be used again yet, each with the LSN of its drop. */
  public Map<Integer, Long> droppedNumbers() {
    return files.droppedNumbers();
  }

  /** Notes that segment numbers below this were used by earlier lives. */
  public void restoreNextNumber(int number) {
    files.restoreNextNumber(number);
  }

  /** Returns a number above all that were ever used. */
  public int nextNumber() {
    return files.nextNumber();
  }

  /** Returns the figures of the free-space map. */
  public FreeSpaceMap.Figures figures() {
    return pages.figures();
  }

  /** Zeroes ahead in the open extents that need it; tells whether it did anything. */
  public boolean prepareAhead() throws IOException {
    return streams.prepareAhead();
  }

  /** Closes all extents; the next claim opens new ones. */
  public void closeStreams() {
    streams.close();
  }

  /** Runs something while no extent can be opened. */
  void inOpenTurn(SpaceJournal.FileAction action) throws IOException {
    streams.inOpenTurn(action);
  }

  /** Closes all files. */
  public void close() throws IOException {
    for (Segment segment : segments()) {
      segment.close();
    }
  }

  /** Returns what the pages are used for. */
  PageMap pages() {
    return pages;
  }

  int tableId() {
    return tableId;
  }
}
