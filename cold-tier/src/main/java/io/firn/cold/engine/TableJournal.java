// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.ExtentState;
import io.firn.cold.format.FrameWriter;
import io.firn.cold.segment.Segment;
import io.firn.cold.segment.SpaceJournal;
import io.firn.cold.segment.TableSpace;
import java.io.IOException;

/** What a table's space needs from the engine. Thread-safe. */
final class TableJournal implements SpaceJournal {
  private final Engine engine;
  private final Table table;

  TableJournal(Engine engine, Table table) {
    this.engine = engine;
    this.table = table;
  }

  @Override
  public void segmentCreated(Segment segment) {
    engine.forcer().dirtyDirectory(TableSpace.directory(table.id()));
    engine.forcer().dirtyDirectory("data");
    FrameWriter frame = new FrameWriter();
    int length =
        frame.segmentCreate(
            table.id(),
            segment.number(),
            segment.streamClass(),
            segment.capacity(),
            segment.lsnBase(),
            segment.timeBaseMillis());
    long ignored = engine.log().append(frame, length);
    engine.reserve().segmentAdded();
  }

  @Override
  public void extentOpened(int segment, int firstPage, int pages) {
    state(segment, ExtentState.OPEN, firstPage, pages);
  }

  @Override
  public void extentSealed(Segment segment, int firstPage, int pages) {
    if (pages > 0 && !segment.isFailed()) {
      engine.forcer().beforeSealed(segment);
    }
    state(segment.number(), ExtentState.SEALED, firstPage, pages);
  }

  private void state(int segment, ExtentState state, int firstPage, int pages) {
    FrameWriter frame = new FrameWriter();
    int length = frame.segmentState(table.id(), segment, state, firstPage, pages);
    long ignored = engine.log().append(frame, length);
  }

  @Override
  public long segmentDropped(int segment) {
    FrameWriter frame = new FrameWriter();
    return engine.log().append(frame, frame.segmentDrop(table.id(), segment));
  }

  @Override
  public long endLsn() {
    return engine.log().end();
  }

  @Override
  public long wallMillis() {
    return engine.wallMillis();
  }

  @Override
  public long releaseLsn() {
    return engine.log().releaseLsn();
  }

  @Override
  public long oldestSnapshotLsn() {
    return table.oldestSnapshotLsn();
  }

  @Override
  public long readerStamp() {
    return engine.epochs().stamp();
  }

  @Override
  public boolean readersLeft(long stamp) {
    return engine.epochs().isPast(stamp);
  }

  @Override
  public void dirty(Segment segment) {
    engine.forcer().dirty(segment);
  }

  @Override
  public void betweenForces(FileAction action) throws IOException {
    engine.forcer().betweenForces(action);
  }

  @Override
  public void wakeWorkers() {
    engine.wakeMaintenance();
  }

  @Override
  public void pagesReleased() {
    engine.pressure().released();
  }

  @Override
  public long releases() {
    return engine.pressure().stamp();
  }

  @Override
  public void wakePreparer() {
    engine.wakePreparer();
  }

  @Override
  public boolean reclaim() {
    return engine.relief().reclaim();
  }

  @Override
  public long headroomBytes(boolean forSurvivors) {
    Relief relief = engine.relief();
    return forSurvivors ? relief.logHeadroomBytes() : relief.headroomBytes();
  }

  @Override
  public boolean makesRoom() {
    return engine.pressure().isMade(table.id());
  }
}
