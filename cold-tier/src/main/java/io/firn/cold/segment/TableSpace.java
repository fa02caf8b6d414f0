// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Threads;
import io.firn.cold.format.PageLayout;
import io.firn.cold.io.AppendRegion;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskLedger;
import io.firn.cold.model.Address;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.model.TimeSource;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
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
  private final DiskLedger ledger;
  private final Threads threads;
  private final SpaceJournal journal;
  private final Lock lock;
  private final FreeSpaceMap free;
  private final SegmentFiles files;
  private final Streams streams;
  private final AtomicLong liveCharge = new AtomicLong();
  private final Deque<Extent> sealable = new ArrayDeque<>();
  private final List<Extent> unsealed = new ArrayList<>();
  private volatile boolean complete = true;

  /** Creates the space of a table without data. */
  public TableSpace(
      int tableId,
      SpaceShape shape,
      Disk disk,
      DiskLedger ledger,
      Threads threads,
      TimeSource time,
      SpaceJournal journal) {
    this.tableId = tableId;
    this.shape = shape;
    this.layout = new PageLayout(shape.pageBytes());
    this.ledger = ledger;
    this.threads = threads;
    this.journal = journal;
    this.lock = threads.newLock("space " + tableId);
    this.free = new FreeSpaceMap(shape.pageBytes());
    this.files = new SegmentFiles(tableId, shape, layout, disk, threads, time, journal, lock);
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

  /** Returns the charges of all live records, in bytes. */
  public long liveCharge() {
    return liveCharge.get();
  }

  /**
   * Claims space for a record of a length, in the stream of its remaining lifetime.
   *
   * @param remainingMillis how long the record will live; {@link Long#MAX_VALUE} if for ever
   * @throws DiskFullException if there is no room
   * @throws StoreIoException if a file cannot be opened or grown
   */
  public void claim(Claim claim, int length, long remainingMillis) {
    streams.claim(claim, length, remainingMillis);
  }

  /** Takes a claimed record's charge back that never became current. */
  public void abandon(Claim claim) {
    liveCharge.addAndGet(-Address.boundBytes(claim.word()));
    claim.abandon();
  }

  /** Ends an extent that left its stream: gives the pages back that were never used. */
  void closeExtent(Extent extent) {
    extent.endPreparing();
    lock.lock();
    try {
      int pagesBefore = extent.pages();
      int firstUnused = extent.close();
      int unused = extent.firstPage() + pagesBefore - firstUnused;
      if (unused > 0) {
        setFree(extent.segment(), firstUnused, unused);
      }
    } finally {
      lock.unlock();
    }
    extent.release();
  }

  /** Takes pages for a stream, of a new segment if need be; in the open turn. */
  Extent openExtent(Stream stream, @Nullable Extent full, int length) throws IOException {
    int bound = Address.classBound(Address.classOf(length));
    int dataPerPage = layout.pageBytes() - PageLayout.PAGE_HEADER_BYTES;
    int pages =
        Math.max(shape.extentPages(), (bound + PageLayout.SEGMENT_HEADER_BYTES) / dataPerPage + 2);
    PageRun run = takeRun(full == null ? 0 : full.segment().number(), pages, bound);
    return open(run == null ? runInNewSegment(stream, pages) : run);
  }

  /** Takes pages for a stream if that needs nothing to be reclaimed; in the open turn. */
  @Nullable Extent openExtentIfRoom(Stream stream, Extent before) throws IOException {
    int pages = shape.extentPages();
    PageRun run = takeRun(before.segment().number(), pages, 0);
    if (run == null) {
      long capacity = shape.segmentBytes(liveCharge.get(), pages);
      run =
          ledger.tryReserve(capacity, journal.headroomBytes())
              ? runInReserved(stream, capacity, pages)
              : null;
    }
    return run == null ? null : open(run);
  }

  private Extent open(PageRun run) throws IOException {
    Segment segment = find(run.segment());
    if (segment == null) {
      throw new IOException("segment " + run.segment() + " went while it was opened");
    }
    Extent extent = newExtent(segment, run.firstPage(), run.pages(), this::addSealable);
    journal.extentOpened(run.segment(), run.firstPage(), run.pages());
    lock.lock();
    try {
      unsealed.add(extent);
    } finally {
      lock.unlock();
    }
    return extent;
  }

  private Extent newExtent(Segment segment, int firstPage, int pages, Consumer<Extent> onSealable)
      throws IOException {
    return new Extent(
        segment,
        layout,
        segment.appendRegion(),
        threads.newLock("prepare turn"),
        firstPage,
        pages,
        shape.aheadBytes(),
        onSealable);
  }

  private void addSealable(Extent extent) {
    lock.lock();
    try {
      sealable.add(extent);
    } finally {
      lock.unlock();
    }
    journal.wakeWorkers();
  }

  private PageRun runInNewSegment(Stream stream, int pages) throws IOException {
    long capacity = shape.segmentBytes(liveCharge.get(), pages);
    boolean reserved = ledger.tryReserve(capacity, journal.headroomBytes());
    for (int attempt = 0; !reserved && attempt < 3 && journal.reclaim(); attempt++) {
      PageRun freed = takeRun(0, pages, 0);
      if (freed != null) {
        return freed;
      }
      reserved = ledger.tryReserve(capacity, journal.headroomBytes());
    }
    if (!reserved) {
      ledger.reserve(capacity, journal.headroomBytes(), "a data segment of table " + tableId);
    }
    return runInReserved(stream, capacity, pages);
  }

  /** Creates a segment whose bytes are reserved, and takes its first pages. */
  private PageRun runInReserved(Stream stream, long capacity, int pages) throws IOException {
    Segment segment;
    try {
      segment = files.create(stream.streamClass, capacity);
    } catch (IOException | RuntimeException e) {
      ledger.release(capacity);
      throw e;
    }
    journal.segmentCreated(segment);
    lock.lock();
    try {
      free.addSegment(segment.number(), segment.pages());
    } finally {
      lock.unlock();
    }
    PageRun run = takeRun(segment.number(), pages, 0);
    releaseHold(segment);
    if (run == null) {
      throw new IOException("no run of " + pages + " pages in new segment " + segment.number());
    }
    return run;
  }

  /** Takes a run of free pages: of the preferred segment while it has one, else of the emptiest. */
  private @Nullable PageRun takeRun(int preferred, int pages, int neededBytes) {
    lock.lock();
    try {
      if (!complete && preferred == 0) {
        return null;
      }
      PageRun run = free.largestFree(preferred);
      if (run != null && !complete && run.segment() != preferred) {
        return null;
      }
      if (!holds(run, neededBytes)) {
        run = complete ? free.findBestFit(pages) : null;
      }
      if (run == null || !holds(run, neededBytes)) {
        return null;
      }
      PageRun taken = new PageRun(run.segment(), run.firstPage(), Math.min(run.pages(), pages));
      free.claim(taken);
      Segment segment = files.any(taken.segment());
      if (segment == null) {
        throw new IllegalStateException("free pages in unknown segment " + taken.segment());
      }
      setStates(segment, taken.firstPage(), taken.pages(), Segment.PageState.OPEN);
      segment.openExtents++;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  private boolean holds(@Nullable PageRun run, int neededBytes) {
    return run != null && layout.dataBytes(run.firstPage(), run.pages()) >= neededBytes;
  }

  private void setStates(Segment segment, int first, int pages, Segment.PageState state) {
    for (int p = first; p < first + pages; p++) {
      segment.states[p] = state;
    }
  }

  private void setFree(Segment segment, int first, int pages) {
    setStates(segment, first, pages, Segment.PageState.FREE);
    free.free(segment.number(), first, pages);
  }

  private void releaseHold(Segment segment) {
    lock.lock();
    try {
      segment.openExtents--;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Adds a segment that an earlier life left; its pages count as used until they are found dead.
   *
   * @return null if it has no file
   */
  public @Nullable Segment restore(
      int number, long capacity, int streamClass, long lsnBase, long timeBaseMillis)
      throws IOException {
    Segment segment = files.restore(number, capacity, streamClass, lsnBase, timeBaseMillis);
    if (segment == null) {
      return null;
    }
    ledger.adopt(capacity);
    lock.lock();
    try {
      setStates(segment, 0, segment.pages(), Segment.PageState.SEALED);
      segment.hintDead();
      free.addUsedSegment(number, segment.pages());
    } finally {
      lock.unlock();
    }
    return segment;
  }

  /** Forgets a segment that a frame drops during recovery; its file is deleted as an orphan. */
  public void restoreDropped(int number, long dropLsn) throws IOException {
    Segment segment = find(number);
    if (segment != null) {
      lock.lock();
      try {
        free.removeSegment(number);
      } finally {
        lock.unlock();
      }
      segment.close();
      ledger.release(segment.capacity());
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
    extent.repair(words);
    if (extent.seal()) {
      journal.dirty(segment);
    }
  }

  /** Tells whether all charges are known; while not, only new segments are filled. */
  public void complete(boolean known) {
    complete = known;
  }

  boolean isComplete() {
    return complete;
  }

  /** Returns every segment that exists, ascending by number. */
  public List<Segment> segments() {
    return files.all();
  }

  /** Returns the runs of pages that are being filled, or were and are not sealed yet. */
  public List<PageRun> unsealedExtents() {
    lock.lock();
    try {
      List<PageRun> runs = new ArrayList<>();
      for (Extent extent : unsealed) {
        if (extent.pages() > 0) {
          runs.add(new PageRun(extent.segment().number(), extent.firstPage(), extent.pages()));
        }
      }
      return runs;
    } finally {
      lock.unlock();
    }
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
    lock.lock();
    try {
      return free.figures();
    } finally {
      lock.unlock();
    }
  }

  /** Zeroes ahead in the open extents that need it; tells whether it did anything. */
  public boolean prepareAhead() throws IOException {
    return streams.prepareAhead();
  }

  /** Closes all extents; the next claim opens new ones. */
  public void closeStreams() {
    streams.close();
  }

  /** Cuts the unused ends of all files; nothing is written afterwards. */
  public void cutEnds() throws IOException {
    for (Segment segment : segments()) {
      int used = segment.pages();
      while (used > 0 && segment.states[used - 1] == Segment.PageState.FREE) {
        used--;
      }
      if (used < segment.pages()) {
        AppendRegion region = segment.takeRegion();
        if (region != null) {
          region.close();
        }
        segment.file().truncate(Math.max(1, used) * (long) layout.pageBytes());
      }
    }
  }

  /** Closes all files. */
  public void close() throws IOException {
    for (Segment segment : segments()) {
      segment.close();
    }
  }

  // What the worker of this package shares with the space; all but takeSealable under `lock`.

  Lock lock() {
    return lock;
  }

  FreeSpaceMap freeSpace() {
    return free;
  }

  @Nullable Extent takeSealable() {
    lock.lock();
    try {
      return sealable.poll();
    } finally {
      lock.unlock();
    }
  }

  void setWaiting(Segment segment, int first, int pages) {
    setStates(segment, first, pages, Segment.PageState.WAITING);
  }

  void setSealed(Extent extent) {
    Segment segment = extent.segment();
    setStates(segment, extent.firstPage(), extent.pages(), Segment.PageState.SEALED);
    unsealed.remove(extent);
    segment.openExtents--;
    segment.hintDead();
  }

  void setFreeAgain(Segment segment, int first, int pages) {
    setFree(segment, first, pages);
  }

  void forget(Segment segment, long dropLsn) {
    files.forget(segment, dropLsn);
  }

  int tableId() {
    return tableId;
  }
}
