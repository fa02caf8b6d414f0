// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Threads;
import io.firn.cold.format.PageLayout;
import io.firn.cold.format.SegmentHeader;
import io.firn.cold.io.AppendRegion;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.io.DiskFullIoException;
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
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/**
 * The data files of one table: which segments exist, which pages are free, which extents its
 * streams fill. Claims, debits and lookups are thread-safe; sealing and releasing belong to the
 * workers.
 */
public final class TableSpace {
  /* Locks, in order: the open turn (held over I/O by whoever opens an extent or a segment), a stream's
   * lock, the space lock (page states, free-space map, lists). The last two are never held over I/O. */

  private static final int TTL_CLASSES_SHIFT = 2;

  private final int tableId;
  private final SpaceShape shape;
  private final PageLayout layout;
  private final Disk disk;
  private final DiskLedger ledger;
  private final Threads threads;
  private final TimeSource time;
  private final SpaceJournal journal;
  private final Lock lock;
  private final Lock openTurn;
  private final FreeSpaceMap free;
  private final Stream[] streams;
  private final AtomicLong liveCharge = new AtomicLong();
  private final Deque<Extent> sealable = new ArrayDeque<>();
  private final List<Extent> unsealed = new ArrayList<>();
  private final TreeMap<Integer, Long> dropped = new TreeMap<>();
  private volatile @Nullable Segment[] segments = new Segment[16];
  private int nextNumber = 1;
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
    this.disk = disk;
    this.ledger = ledger;
    this.threads = threads;
    this.time = time;
    this.journal = journal;
    this.lock = threads.newLock("space " + tableId);
    this.openTurn = threads.newLock("open turn " + tableId);
    this.free = new FreeSpaceMap(shape.pageBytes());
    this.streams = new Stream[shape.maximumStreams()];
    for (int i = 0; i < streams.length; i++) {
      streams[i] = new Stream(i, threads);
    }
  }

  /** Returns the directory of a table's segments. */
  public static String directory(int tableId) {
    return "data/" + tableId;
  }

  /** Returns the path of a segment's file. */
  public static String path(int tableId, int number) {
    return directory(tableId) + "/" + number + ".seg";
  }

  /** Returns how pages and records are laid out. */
  public PageLayout layout() {
    return layout;
  }

  /** Returns a segment, or null if there is none of that number, or it was dropped. */
  public @Nullable Segment find(int number) {
    @Nullable Segment[] all = segments;
    Segment segment = number < all.length ? all[number] : null;
    return segment == null || segment.isDropped() ? null : segment;
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
    Stream stream = streams[streamOf(remainingMillis)];
    try {
      while (true) {
        Extent extent;
        Extent.Outcome outcome;
        stream.lock.lock();
        try {
          extent = stream.extent();
          outcome = extent == null ? Extent.Outcome.FULL : extent.claim(claim, length);
        } finally {
          stream.lock.unlock();
        }
        if (outcome == Extent.Outcome.CLAIMED) {
          claim.segment().credit(claim.word());
          liveCharge.addAndGet(Address.boundBytes(claim.word()));
          if (extent != null && extent.needsPreparing()) {
            journal.wakePreparer();
          }
          return;
        }
        if (outcome == Extent.Outcome.NOT_PREPARED && extent != null) {
          extent.prepareFor(length);
        } else {
          replaceExtent(stream, extent, length);
        }
      }
    } catch (DiskFullIoException e) {
      throw new DiskFullException("no room for " + length + " bytes: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new StoreIoException("no room for " + length + " bytes: " + e.getMessage(), e);
    }
  }

  /** Takes a claimed record's charge back that never became current. */
  public void abandon(Claim claim) {
    liveCharge.addAndGet(-Address.boundBytes(claim.word()));
    claim.abandon();
  }

  private int streamOf(long remainingMillis) {
    if (remainingMillis == Long.MAX_VALUE) {
      return 0;
    }
    int open = shape.streams(liveCharge.get());
    int log2 = 63 - Long.numberOfLeadingZeros(Math.max(1, remainingMillis / 1000));
    int lifetimeClass = 1 + (log2 >> TTL_CLASSES_SHIFT);
    return Math.min(lifetimeClass, open - 1);
  }

  private void replaceExtent(Stream stream, @Nullable Extent full, int length) throws IOException {
    openTurn.lock();
    try {
      stream.lock.lock();
      try {
        if (stream.extent() != full) {
          return;
        }
      } finally {
        stream.lock.unlock();
      }
      Extent next = openExtent(stream, full, length);
      stream.lock.lock();
      try {
        stream.extent(next);
      } finally {
        stream.lock.unlock();
      }
      if (full != null) {
        closeExtent(full);
      }
    } finally {
      openTurn.unlock();
    }
  }

  /** Ends an extent that left its stream: gives the pages back that were never used. */
  private void closeExtent(Extent extent) {
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

  private Extent openExtent(Stream stream, @Nullable Extent full, int length) throws IOException {
    int bound = Address.classBound(Address.classOf(length));
    int dataPerPage = layout.pageBytes() - PageLayout.PAGE_HEADER_BYTES;
    int pages =
        Math.max(shape.extentPages(), (bound + PageLayout.SEGMENT_HEADER_BYTES) / dataPerPage + 2);
    PageRun run = takeRun(full == null ? 0 : full.segment().number(), pages, bound);
    if (run == null) {
      run = runInNewSegment(stream, pages);
    }
    Segment segment = find(run.segment());
    if (segment == null) {
      throw new IOException("segment " + run.segment() + " went while it was opened");
    }
    AppendRegion region = segment.appendRegion();
    journal.extentOpened(run.segment(), run.firstPage(), run.pages());
    Extent extent =
        new Extent(
            segment,
            layout,
            region,
            threads.newLock("prepare turn"),
            run.firstPage(),
            run.pages(),
            shape.aheadBytes(),
            this::addSealable);
    lock.lock();
    try {
      unsealed.add(extent);
    } finally {
      lock.unlock();
    }
    return extent;
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
    long needed = (long) pages * layout.pageBytes();
    long capacity = shape.segmentBytes(liveCharge.get());
    if (needed > capacity / 4) {
      capacity = Math.max(capacity, needed);
    }
    if (capacity > Address.MAX_SEGMENT_BYTES) {
      throw new IOException("a record needs a segment of " + capacity + " bytes");
    }
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
    Segment segment;
    try {
      segment = create(stream.streamClass, capacity);
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

  private Segment create(int streamClass, long capacity) throws IOException {
    int number = takeNumber();
    DiskFile file = null;
    AppendRegion region = null;
    boolean done = false;
    try {
      disk.createDirectories(directory(tableId));
      file = disk.open(path(tableId, number), Disk.OpenMode.CREATE);
      long lsnBase = journal.endLsn();
      long now = time.wallMillis();
      region = file.region(capacity);
      Segment segment =
          new Segment(
              tableId, number, capacity, streamClass, lsnBase, now, layout, threads, file, region);
      byte[] header = new byte[PageLayout.SEGMENT_HEADER_BYTES];
      headerOf(segment).encode(header);
      region.prepare(0, header.length);
      region.put(0, header, 0, header.length);
      journal.dirty(segment);
      segment.openExtents = 1;
      put(segment);
      done = true;
      return segment;
    } finally {
      if (!done) {
        undoCreate(number, file, region);
      }
    }
  }

  /** Takes back a segment that could not be created; its file must not take space unaccounted. */
  private void undoCreate(int number, @Nullable DiskFile file, @Nullable AppendRegion region)
      throws IOException {
    giveNumberBack(number);
    if (region != null) {
      region.close();
    }
    if (file != null) {
      file.truncate(0);
      file.close();
      disk.delete(file.path());
    }
  }

  private SegmentHeader headerOf(Segment segment) {
    return new SegmentHeader(
        tableId,
        segment.number(),
        segment.capacity(),
        segment.lsnBase(),
        segment.timeBaseMillis(),
        segment.streamClass(),
        layout.pageBytes());
  }

  private int takeNumber() throws IOException {
    lock.lock();
    try {
      long safe = journal.oldestSnapshotLsn();
      for (var entry : dropped.entrySet()) {
        if (entry.getValue() < safe || !threads.keeps(Rule.REUSE_NUMBER_AFTER_SWEEP)) {
          // Taken before the removal, after which a tree's entry may stand for its successor.
          int number = entry.getKey();
          dropped.remove(number);
          return number;
        }
      }
      if (nextNumber > shape.maximumSegments()) {
        throw new DiskFullIoException(
            "table " + tableId + " has used all " + shape.maximumSegments() + " segment numbers",
            null);
      }
      return nextNumber++;
    } finally {
      lock.unlock();
    }
  }

  private void giveNumberBack(int number) {
    lock.lock();
    try {
      dropped.put(number, 0L);
    } finally {
      lock.unlock();
    }
  }

  private void put(Segment segment) {
    lock.lock();
    try {
      @Nullable Segment[] all = segments;
      int needed = segment.number() + 1;
      @Nullable Segment[] copy =
          java.util.Arrays.copyOf(all, Math.max(all.length, Integer.highestOneBit(needed) * 2));
      copy[segment.number()] = segment;
      segments = copy;
    } finally {
      lock.unlock();
    }
  }

  private void remove(Segment segment) {
    @Nullable Segment[] copy = segments.clone();
    copy[segment.number()] = null;
    segments = copy;
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
      Segment segment = segments[taken.segment()];
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
   */
  public @Nullable Segment restore(
      int number, long capacity, int streamClass, long lsnBase, long timeBaseMillis)
      throws IOException {
    nextNumber = Math.max(nextNumber, number + 1);
    if (!disk.exists(path(tableId, number))) {
      return null;
    }
    DiskFile file = disk.open(path(tableId, number), Disk.OpenMode.WRITE);
    Segment segment =
        new Segment(
            tableId,
            number,
            capacity,
            streamClass,
            lsnBase,
            timeBaseMillis,
            layout,
            threads,
            file,
            null);
    setStates(segment, 0, segment.pages(), Segment.PageState.SEALED);
    segment.hintDead();
    ledger.adopt(capacity);
    dropped.remove(number);
    put(segment);
    lock.lock();
    try {
      free.addUsedSegment(number, segment.pages());
    } finally {
      lock.unlock();
    }
    return segment;
  }

  /** Forgets a segment that a frame drops during recovery; its file is deleted. */
  public void restoreDropped(int number, long dropLsn) throws IOException {
    nextNumber = Math.max(nextNumber, number + 1);
    Segment segment = find(number);
    if (segment != null) {
      lock.lock();
      try {
        free.removeSegment(number);
        remove(segment);
      } finally {
        lock.unlock();
      }
      segment.close();
      ledger.release(segment.capacity());
    }
    dropped.put(number, dropLsn);
  }

  /** Makes an extent walkable that a crash left open. */
  public void repairExtent(int number, int firstPage, int pages, long[] words) throws IOException {
    Segment segment = find(number);
    if (segment == null || firstPage + pages > segment.pages()) {
      return;
    }
    Extent extent =
        new Extent(
            segment,
            layout,
            segment.appendRegion(),
            threads.newLock("prepare turn"),
            firstPage,
            pages,
            shape.aheadBytes(),
            walked -> {});
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
    List<Segment> all = new ArrayList<>();
    for (Segment segment : segments) {
      if (segment != null) {
        all.add(segment);
      }
    }
    return all;
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
    lock.lock();
    try {
      return new TreeMap<>(dropped);
    } finally {
      lock.unlock();
    }
  }

  /** Returns a number above all that were ever used. */
  public int nextNumber() {
    return nextNumber;
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
    boolean worked = false;
    for (Stream stream : streams) {
      Extent extent;
      stream.lock.lock();
      try {
        extent = stream.extent();
      } finally {
        stream.lock.unlock();
      }
      if (extent != null && extent.needsPreparing()) {
        extent.prepareFor(0);
        worked = true;
      }
    }
    return worked;
  }

  /** Closes all extents; the next claim opens new ones. */
  public void closeStreams() {
    for (Stream stream : streams) {
      Extent extent;
      stream.lock.lock();
      try {
        extent = stream.extent();
        stream.extent(null);
      } finally {
        stream.lock.unlock();
      }
      if (extent != null) {
        closeExtent(extent);
      }
    }
  }

  /** Maps the newest segments for readers, up to a number of bytes. */
  public void mapForReading(long maximumBytes) throws IOException {
    long mapped = 0;
    List<Segment> all = segments();
    for (int i = all.size() - 1; i >= 0; i--) {
      mapped += all.get(i).capacity();
      if (mapped > maximumBytes || !all.get(i).mapForReading()) {
        return;
      }
    }
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
    remove(segment);
    dropped.put(segment.number(), dropLsn);
  }

  int tableId() {
    return tableId;
  }
}
