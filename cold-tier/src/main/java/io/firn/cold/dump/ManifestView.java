// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.dump;

import io.firn.cold.format.JobEntry;
import io.firn.cold.format.Manifest;
import io.firn.cold.format.PartitionEntry;
import io.firn.cold.format.SegmentEntry;
import io.firn.cold.format.SlotEntry;
import io.firn.cold.format.StoreIdentity;
import io.firn.cold.format.TableEntry;
import java.io.IOException;

/** A manifest as text. For one thread. */
final class ManifestView {
  private final Lines lines;

  ManifestView(Lines lines) {
    this.lines = lines;
  }

  void show(Manifest manifest) throws IOException {
    StoreIdentity identity = manifest.identity();
    lines.line(
        "  store "
            + Lines.hex(identity.storeId0(), 16)
            + Lines.hex(identity.storeId1(), 16)
            + ", pages of "
            + identity.pageBytes()
            + " bytes, segment numbers of "
            + identity.segmentNumberBits()
            + " bits");
    lines.line(
        "  redo from LSN "
            + manifest.redoLsn()
            + ", "
            + (manifest.cleanEndLsn() == 0
                ? "not closed"
                : "closed at LSN " + manifest.cleanEndLsn())
            + ", at "
            + FrameText.time(manifest.maxWallMillis()));
    lines.line(
        "  next table "
            + manifest.nextTableId()
            + ", next snapshot "
            + manifest.nextSlotNumber()
            + ", "
            + manifest.dictionaries().size()
            + " dictionaries, "
            + manifest.jobs().size()
            + " jobs");
    for (TableEntry table : manifest.tables()) {
      show(table);
    }
    for (JobEntry job : manifest.jobs()) {
      lines.line(
          "  job "
              + job.jobId()
              + " of kind "
              + job.kind()
              + (job.tableId() == 0 ? "" : " on table " + job.tableId())
              + ", state "
              + job.state());
    }
  }

  private void show(TableEntry table) throws IOException {
    lines.line(
        "  table "
            + table.id()
            + " "
            + Lines.quoted(table.name())
            + ", "
            + table.options().length()
            + " bytes of options, next segment "
            + table.nextSegment());
    for (SegmentEntry segment : table.segments()) {
      lines.line(
          "    segment "
              + segment.number()
              + " of "
              + segment.capacity()
              + " bytes, stream class "
              + segment.streamClass()
              + ", bases LSN "
              + segment.lsnBase()
              + " and "
              + FrameText.time(segment.timeBaseMillis())
              + expiry(segment.latestExpiryMillis())
              + ", "
              + segment.liveRecords()
              + " live records of "
              + segment.liveCharge()
              + " bytes");
    }
    for (var dropped : table.dropped()) {
      lines.line("    segment " + dropped.number() + " dropped at LSN " + dropped.dropLsn());
    }
    for (var extent : table.openExtents()) {
      lines.line(
          "    segment "
              + extent.segment()
              + " pages "
              + FrameText.pages(extent.firstPage(), extent.pages())
              + " open");
    }
    for (PartitionEntry partition : table.partitions()) {
      lines.line(
          "    partition "
              + partition.prefix()
              + "/"
              + partition.bits()
              + ": newer "
              + slot(partition.slots().get(0))
              + "; older "
              + slot(partition.slots().get(1)));
    }
  }

  private static String slot(SlotEntry slot) {
    return slot.exists()
        ? "snapshot "
            + slot.number()
            + " at "
            + slot.offset()
            + ", LSN "
            + slot.lsn()
            + ", "
            + slot.entries()
            + " entries"
        : "none";
  }

  private static String expiry(long latestMillis) {
    if (latestMillis == SegmentEntry.EXPIRY_UNKNOWN) {
      return ", expiry unknown";
    }
    return latestMillis == Long.MAX_VALUE || latestMillis == Long.MIN_VALUE
        ? ""
        : ", all expired at " + FrameText.time(latestMillis);
  }
}
