// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.agent.Rule;
import io.firn.cold.agent.Threads;
import io.firn.cold.format.PageHeader;
import io.firn.cold.format.PageLayout;
import io.firn.cold.format.RecordReader;
import io.firn.cold.format.SegmentHeader;
import io.firn.cold.io.AppendRegion;
import io.firn.cold.io.DiskFile;
import io.firn.cold.model.Address;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One data file of a table: an array of pages with their live charges. Thread-safe; page states
 * belong to {@link TableSpace}, under its lock.
 *
 * <p>A record's charge follows from its address word alone: the bound of its size class, spread
 * over the pages that it touches. It is credited when the space is claimed and debited when the
 * record stops being current or never becomes it, always by {@link #charge}; so no old record is
 * ever read, and zero means dead.
 */
public final class Segment {
  /** Bytes from a record's start that tell its length. */
  public static final int PEEK_BYTES = 16;

  /** What a page is used for. */
  enum PageState {
    FREE,
    OPEN,
    SEALED,
    EVACUATING,
    WAITING
  }

  private final int tableId;
  private final int number;
  private final long capacity;
  private final int streamClass;
  private final long lsnBase;
  private final long timeBaseMillis;
  private final PageLayout layout;
  private final Threads threads;
  private final DiskFile file;
  private final AtomicIntegerArray charges;

  /** When streams began to fill the pages, by {@link Lifespans#now}. */
  private final AtomicIntegerArray births;

  private final AtomicLong liveCharge = new AtomicLong();
  private final AtomicLong liveRecords = new AtomicLong();
  private final SegmentExpiry expiry;
  private final AtomicBoolean deadHint = new AtomicBoolean();
  private final AtomicLong reads = new AtomicLong();
  private final AppendWindows windows = new AppendWindows();
  private volatile @Nullable AppendRegion readRegion;
  private volatile boolean dirty;
  private volatile boolean failed;
  private volatile long dropLsn;
  private volatile boolean dropped;
  private volatile boolean deleted;

  /** Belongs to the worker that deletes the file. */
  private boolean retired;

  /** Guarded by the space lock. */
  final PageState[] states;

  /** Guarded by the space lock. */
  int openExtents;

  /** How often pages were taken, to be filled; guarded by the space lock. */
  int timesTaken;

  Segment(
      int tableId,
      int number,
      long capacity,
      int streamClass,
      long lsnBase,
      long timeBaseMillis,
      PageLayout layout,
      Threads threads,
      DiskFile file) {
    this.tableId = tableId;
    this.number = number;
    this.capacity = capacity;
    this.streamClass = streamClass;
    this.lsnBase = lsnBase;
    this.timeBaseMillis = timeBaseMillis;
    this.layout = layout;
    this.threads = threads;
    this.file = file;
    int pages = (int) (capacity / layout.pageBytes());
    this.charges = new AtomicIntegerArray(pages);
    this.births = new AtomicIntegerArray(pages);
    this.expiry = new SegmentExpiry(capacity, timeBaseMillis, liveCharge::get, threads);
    this.states = new PageState[pages];
    Arrays.fill(states, PageState.FREE);
  }

  /** Returns the number, unique among the table's segments that exist. */
  public int number() {
    return number;
  }

  /** Returns the id of the table. */
  public int tableId() {
    return tableId;
  }

  /** Returns the size in bytes. */
  public long capacity() {
    return capacity;
  }

  /** Returns the class of the stream that the segment belongs to. */
  public int streamClass() {
    return streamClass;
  }

  /** Tells whether records go here that were moved out of other pages. */
  public boolean takesSurvivors() {
    return streamClass >= Stream.SURVIVORS;
  }

  /** Returns the LSN that the records' LSNs are stored relative to. */
  public long lsnBase() {
    return lsnBase;
  }

  /** Returns the wall time that the records' times are stored relative to, in milliseconds. */
  public long timeBaseMillis() {
    return timeBaseMillis;
  }

  /** Returns what the header of the file says. */
  public SegmentHeader header() {
    return new SegmentHeader(
        tableId, number, capacity, lsnBase, timeBaseMillis, streamClass, layout.pageBytes());
  }

  /**
   * Writes the header again, which a power failure may have kept from the disk while the frame that
   * names the segment reached it. Before anyone uses the segment.
   */
  public void writeHeader() throws IOException {
    byte[] bytes = new byte[SegmentHeader.BYTES];
    header().encode(bytes);
    file.write(0, bytes, 0, bytes.length);
  }

  /**
   * Computes the checksum of a page again, if it has a header. Before a region is opened.
   *
   * @return whether anything was written
   */
  boolean renewChecksum(int page) throws IOException {
    byte[] bytes = new byte[layout.pageBytes()];
    long start = (long) page * bytes.length;
    int header = (int) (layout.headerOf(page) - start);
    try {
      file.read(start, bytes, 0, bytes.length);
    } catch (EOFException e) {
      return false;
    }
    if (!PageHeader.renew(bytes, header, page)) {
      return false;
    }
    file.write(start + header, bytes, header, PageHeader.BYTES);
    return true;
  }

  /** Returns the number of pages. */
  public int pages() {
    return charges.length();
  }

  /** Returns the path of the file. */
  public String path() {
    return file.path();
  }

  /** Returns the charges of all live records, in bytes. */
  public long liveCharge() {
    return liveCharge.get();
  }

  /** Returns the number of live records. */
  public long liveRecords() {
    return liveRecords.get();
  }

  /** Returns how often records were read for callers since the store was opened; sampled. */
  public long reads() {
    return reads.get();
  }

  /** Adds reads that a sample stands for. */
  public void addReads(int sampled) {
    reads.addAndGet(sampled);
  }

  /** Returns when the records expire. */
  public SegmentExpiry expiry() {
    return expiry;
  }

  /** Returns the live charge of one page, in bytes. */
  public int pageCharge(int page) {
    return charges.get(page);
  }

  /** Returns when a stream began to fill a page; {@link Lifespans#UNKNOWN} for earlier lives. */
  int birth(int page) {
    return births.get(page);
  }

  /** Notes that a stream begins to fill pages. */
  void born(int firstPage, int count, int now) {
    for (int page = firstPage; page < firstPage + count; page++) {
      births.set(page, now);
    }
  }

  /** Tells whether the segment was dropped: entries into it are void. */
  public boolean isDropped() {
    return dropped;
  }

  /** Returns the LSN above the frame that dropped the segment, if it was dropped. */
  public long dropLsn() {
    return dropLsn;
  }

  void drop(long lsn) {
    dropLsn = lsn;
    dropped = true;
  }

  /** Adds a record's charge. */
  public void credit(long word) {
    boolean unused = charge(word, 1);
  }

  /** Takes a record's charge away. */
  public void debit(long word) {
    if (charge(word, -1)) {
      deadHint.set(true);
    }
  }

  /** Returns whether a page's charge became zero. */
  private boolean charge(long word, int sign) {
    int left = Address.boundBytes(word);
    long position = Address.offset(word);
    int page = layout.pageOf(position);
    boolean zero = false;
    liveCharge.addAndGet((long) sign * left);
    liveRecords.addAndGet(sign);
    while (left > 0) {
      int bytes = (int) Math.min(left, (page + 1L) * layout.pageBytes() - position);
      zero |= charges.addAndGet(page, sign * bytes) == 0;
      left -= bytes;
      page++;
      position = layout.firstByteOf(page);
      if (!threads.keeps(Rule.CHARGE_EVERY_PAGE)) {
        break;
      }
    }
    return zero;
  }

  /** Tells once whether a page's charge became zero since the last call. */
  boolean takeDeadHint() {
    return deadHint.getAndSet(false);
  }

  void hintDead() {
    deadHint.set(true);
  }

  /** Tells whether the file is on the list of those that the next force covers. */
  public boolean isDirty() {
    return dirty;
  }

  /** Notes whether the file is on that list; under the list's lock. */
  public void dirty(boolean listed) {
    dirty = listed;
  }

  /** Tells whether a force of the file has failed: what it holds may be lost. */
  public boolean isFailed() {
    return failed;
  }

  /** Notes that a force has failed: the file is never forced again. */
  public void fail() {
    failed = true;
  }

  /**
   * Forces what was written before the call; nothing to do once the file is deleted, or has failed.
   */
  public void force() throws IOException {
    if (deleted || failed) {
      return;
    }
    windows.force();
    file.force();
  }

  /**
   * Copies bytes out, from the mapping or by a positional read. Callers are inside an epoch.
   *
   * @throws EOFException if the file ends before
   */
  public void read(long offset, byte[] target, int length) throws IOException {
    AppendRegion mapped = readRegion;
    if (mapped != null && offset + length <= mapped.end()) {
      mapped.get(offset, target, 0, length);
    } else {
      file.read(offset, target, 0, length);
    }
  }

  /**
   * Copies bytes out up to the end of the file, as {@link #read} does; returns how many there are.
   */
  public int readPresent(long offset, byte[] target, int length) throws IOException {
    try {
      read(offset, target, length);
      return length;
    } catch (EOFException e) {
      int rest = (int) Math.max(0, Math.min(length, fileBytes() - offset));
      if (rest > 0 && rest < length) {
        read(offset, target, rest);
        return rest;
      }
      return 0;
    }
  }

  /**
   * Returns the length that a record or filler says it has, whatever page end it crosses; 0 if the
   * bytes hold none. The file may end right after it: unused pages behind it are cut.
   */
  public int peekRecordBytes(long offset) throws IOException {
    int physical = (int) Math.min(PEEK_BYTES + PageLayout.PAGE_HEADER_BYTES, capacity - offset);
    int logical = Math.min(PEEK_BYTES, physical);
    byte[] head = new byte[physical];
    int unusedPresent = readPresent(offset, head, physical);
    layout.join(head, logical, offset);
    return RecordReader.peekTotalBytes(head, 0, logical);
  }

  /** Returns the size of the file, which may be less than the capacity. */
  public long fileBytes() throws IOException {
    return file.size();
  }

  /** Writes a whole record to the file, around the page headers. Nobody else uses its bytes. */
  public void write(long offset, byte[] record) throws IOException {
    layout.forEachPiece(
        offset, record.length, (at, from, length) -> file.write(at, record, from, length));
  }

  /** Writes bytes that were read once more, so that the next force covers them. */
  public void writeAgain(long offset, byte[] bytes) throws IOException {
    file.write(offset, bytes, 0, bytes.length);
  }

  /** Returns how many physical bytes to read for a record, cut at the segment's end. */
  public int readBytes(long word) {
    long offset = Address.offset(word);
    long physical = layout.physicalBytes(offset, Address.boundBytes(word));
    return (int) Math.max(0, Math.min(physical, capacity - offset));
  }

  /**
   * Opens a window for appends into some pages. Under the open turn. To write back a page that is
   * mapped for writing costs an interrupt of every processor, page by page; so no more is mapped
   * than an extent, and that no longer than it is filled.
   */
  AppendRegion openWindow(int firstPage, int pages) throws IOException {
    long pageBytes = layout.pageBytes();
    AppendRegion window = file.region(firstPage * pageBytes, pages * pageBytes);
    windows.add(window);
    boolean done = false;
    try {
      boolean unused = mapForReading();
      done = true;
    } finally {
      if (!done) {
        windows.close(window);
      }
    }
    return window;
  }

  /** Notes that nothing is put into a window any more; from any thread. */
  void finishWindow(AppendRegion window) {
    windows.finish(window);
  }

  /** Closes the windows that are finished, unless a force would miss what was put into them. */
  void closeFinishedWindows() {
    windows.closeFinished();
  }

  /** Returns the region for readers, if there is one. */
  @Nullable AppendRegion readRegion() {
    return readRegion;
  }

  /** Opens a region for readers, if the platform has one to give. */
  boolean mapForReading() throws IOException {
    if (readRegion == null) {
      readRegion = file.readRegion(Math.min(capacity, file.size()));
    }
    return readRegion != null;
  }

  /** Takes the region away from new readers; the caller closes it once the epochs moved on. */
  @Nullable AppendRegion takeReadRegion() {
    AppendRegion mapped = readRegion;
    readRegion = null;
    return mapped;
  }

  DiskFile file() {
    return file;
  }

  /**
   * Closes and empties the file before its deletion; later forces do nothing. After the epochs; may
   * be called again after it failed.
   */
  void retire() throws IOException {
    deleted = true;
    closeRegions();
    if (!retired) {
      file.truncate(0);
      file.close();
      retired = true;
    }
  }

  void close() throws IOException {
    deleted = true;
    closeRegions();
    file.close();
  }

  private void closeRegions() {
    closeReadRegion();
    windows.closeAll();
  }

  /** Unmaps the file for readers at once; there are none. */
  void closeReadRegion() {
    AppendRegion mapped = takeReadRegion();
    if (mapped != null) {
      mapped.close();
    }
  }
}
