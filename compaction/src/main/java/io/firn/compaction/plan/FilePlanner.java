// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import io.firn.compaction.CompactionOptions;
import io.firn.compaction.CompactionPlan;
import io.firn.compaction.FileBatch;
import io.firn.compaction.FileChoice;
import io.firn.compaction.SegmentInfo;
import io.firn.compaction.SkipReason;
import io.firn.compaction.SkippedFile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Chooses the files that are rewritten as a whole, and puts them into batches. Pure: the same files
 * in any order give the same plan.
 *
 * <p>A file is a candidate if it is small, or if too large a share of its rows is dead or expired.
 * Files of one stream class, and of about one age, come into one batch, because their records die
 * together. A batch is closed when the next file would take it above the target, if it has at least
 * {@link #WORTH} of the target by then; else it takes that file, up to {@link #MOST} of it. What is
 * left at the end joins the last batch within the same bound, or is a batch of its own. A batch
 * must make the files fewer, or give the minimum saving back.
 */
public final class FilePlanner {
  /** From this part of the target on a batch needs no more files. */
  public static final double WORTH = 0.75;

  /** Up to this part of the target a batch takes a file more, rather than stay below its worth. */
  public static final double MOST = 1.80;

  private static final Comparator<SegmentInfo> ORDER =
      Comparator.comparingInt(SegmentInfo::streamClass)
          .thenComparingLong(SegmentInfo::createdMillis)
          .thenComparingInt(SegmentInfo::number);

  private final CompactionOptions options;
  private final double deadRowShare;
  private final List<SkippedFile> skipped = new ArrayList<>();

  private FilePlanner(CompactionOptions options, double deadRowShare) {
    this.options = options;
    this.deadRowShare = deadRowShare;
  }

  /**
   * Plans.
   *
   * @param segments the files of a table, each once
   * @param options what to do, already fitted to the size of the store's segments
   * @param deadRowShare share of rows that must be exceeded, 0 to 1
   * @throws IllegalArgumentException if a segment is given twice
   */
  public static CompactionPlan plan(
      List<SegmentInfo> segments, CompactionOptions options, double deadRowShare) {
    requireDistinct(segments);
    FilePlanner planner = new FilePlanner(options, deadRowShare);
    List<FileChoice> candidates = planner.candidates(segments);
    List<FileBatch> batches = planner.worthwhile(planner.pack(candidates));
    planner.skipped.sort(Comparator.comparingInt(file -> file.segment().number()));
    return new CompactionPlan(batches, planner.skipped);
  }

  private static void requireDistinct(List<SegmentInfo> segments) {
    Set<Integer> numbers = new HashSet<>();
    for (SegmentInfo segment : segments) {
      if (!numbers.add(segment.number())) {
        throw new IllegalArgumentException("segment " + segment.number() + " is given twice");
      }
    }
  }

  private List<FileChoice> candidates(List<SegmentInfo> segments) {
    List<FileChoice> chosen = new ArrayList<>();
    for (SegmentInfo segment : segments.stream().sorted(ORDER).toList()) {
      if (!segment.sealed()) {
        skip(segment, SkipReason.FILLING, "not sealed");
      } else if (segment.usefulBytes() == 0) {
        skip(segment, SkipReason.FREES_ITSELF, "no live bytes that have not expired");
      } else if (!options.filter().test(segment)) {
        skip(segment, SkipReason.FILTERED, "refused by the filter");
      } else if (!isSmall(segment) && !isRotten(segment)) {
        skip(segment, SkipReason.HEALTHY, figures(segment));
      } else if (!isSmall(segment) && !pays(segment)) {
        skip(segment, SkipReason.TOO_LITTLE_SAVING, saving(segment));
      } else {
        chosen.add(new FileChoice(segment, figures(segment)));
      }
    }
    return chosen;
  }

  private boolean isSmall(SegmentInfo segment) {
    return segment.bytes() < options.minFileSizeBytes();
  }

  private boolean isRotten(SegmentInfo segment) {
    return segment.garbageRowShare() > deadRowShare;
  }

  private String figures(SegmentInfo segment) {
    return String.format(
        Locale.ROOT,
        "%d bytes (small: below %d), %.1f %% of the rows dead or expired (many: above %.1f %%)",
        segment.bytes(),
        options.minFileSizeBytes(),
        100 * segment.garbageRowShare(),
        100 * deadRowShare);
  }

  private List<Bin> pack(List<FileChoice> candidates) {
    double target = options.targetFileSizeBytes();
    List<Bin> closed = new ArrayList<>();
    Bin open = new Bin();
    for (FileChoice file : candidates) {
      double together = (double) open.bytes + file.segment().usefulBytes();
      if (together <= target) {
        open.add(file);
      } else if (open.bytes >= WORTH * target) {
        closed.add(open);
        open = Bin.of(file);
      } else if (together <= MOST * target) {
        open.add(file);
        closed.add(open);
        open = new Bin();
      } else {
        closed.add(Bin.of(file)); // it is above the target by itself; the open batch goes on
      }
    }
    closeRemainder(closed, open);
    return closed;
  }

  private void closeRemainder(List<Bin> closed, Bin remainder) {
    double target = options.targetFileSizeBytes();
    Bin last = closed.isEmpty() ? remainder : closed.get(closed.size() - 1);
    if (remainder.files.isEmpty()) {
      return;
    }
    if (last != remainder
        && remainder.bytes < WORTH * target
        && (double) last.bytes + remainder.bytes <= MOST * target) {
      remainder.files.forEach(last::add);
    } else {
      closed.add(remainder);
    }
  }

  /** A batch that does not pay is cut down to its files that do; no file holds another one up. */
  private List<FileBatch> worthwhile(List<Bin> bins) {
    List<FileBatch> worth = new ArrayList<>();
    for (Bin bin : bins) {
      FileBatch batch = new FileBatch(bin.files, options.targetFileSizeBytes());
      if (batch.filesAfter() < batch.files().size()
          || pays(batch.savedBytes(), batch.bytesBefore())) {
        worth.add(batch);
        continue;
      }
      List<FileChoice> paying = new ArrayList<>();
      for (FileChoice file : bin.files) {
        if (pays(file.segment())) {
          paying.add(file);
        } else {
          skip(file.segment(), SkipReason.NO_PARTNER, saving(file.segment()));
        }
      }
      if (!paying.isEmpty()) {
        worth.add(new FileBatch(paying, options.targetFileSizeBytes()));
      }
    }
    return worth;
  }

  private boolean pays(SegmentInfo segment) {
    return pays(segment.garbageBytes(), segment.bytes());
  }

  private boolean pays(long savedBytes, long bytes) {
    return savedBytes > 0 && savedBytes >= options.minSpaceSaving() * bytes;
  }

  private String saving(SegmentInfo segment) {
    return String.format(
        Locale.ROOT,
        "by itself gives %d of %d bytes back (at least %.1f %%)",
        segment.garbageBytes(),
        segment.bytes(),
        100 * options.minSpaceSaving());
  }

  private void skip(SegmentInfo segment, SkipReason reason, String detail) {
    skipped.add(new SkippedFile(segment, reason, detail));
  }

  /** Files of a batch to be, and the bytes that are kept of them. */
  private static final class Bin {
    final List<FileChoice> files = new ArrayList<>();
    long bytes;

    static Bin of(FileChoice file) {
      Bin bin = new Bin();
      bin.add(file);
      return bin;
    }

    void add(FileChoice file) {
      files.add(file);
      bytes += file.segment().usefulBytes();
    }
  }
}
