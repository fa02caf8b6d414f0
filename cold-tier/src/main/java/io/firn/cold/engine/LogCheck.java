// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.engine.VerifyReport.Finding;
import io.firn.cold.engine.VerifyReport.Kind;
import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.FrameReader;
import io.firn.cold.format.LogFrame;
import io.firn.cold.model.UnsupportedVersionException;
import io.firn.cold.wal.LogHistory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the part of the log that a recovery would read, as a recovery would: every frame below the
 * end must verify. For one thread.
 *
 * <p>The files may be recycled or entered while they are read, so a look that found something
 * counts only if the log was not shortened meanwhile and a second one finds something too.
 */
final class LogCheck {
  private static final int LOOKS = 3;
  private static final int MOST_LOOKS = 20;

  private final Engine engine;
  private final Findings findings;
  private long frames;

  LogCheck(Engine engine, Findings findings) {
    this.engine = engine;
    this.findings = findings;
  }

  void run() throws IOException {
    List<Finding> found = List.of();
    int steady = 0;
    for (int look = 0; look < MOST_LOOKS && steady < LOOKS; look++) {
      long from = neededLsn();
      found = look(from, engine.log().end());
      if (found.isEmpty()) {
        break;
      }
      steady += neededLsn() == from ? 1 : 0;
      engine.threads().yieldNow();
    }
    findings.frames += frames;
    found.forEach(f -> findings.add(f.kind(), f.where(), f.expected(), f.actual()));
  }

  private long neededLsn() throws IOException {
    long[] needed = new long[1];
    engine.checkpointer().betweenCheckpoints(() -> needed[0] = engine.manifests().neededLsn());
    return needed[0];
  }

  private List<Finding> look(long from, long end) {
    List<Finding> found = new ArrayList<>();
    frames = 0;
    try {
      LogHistory history = LogHistory.open(engine.disk());
      LogHistory.Analysis analysis = history.analyse(from, 0);
      for (LogHistory.Gap gap : analysis.gaps()) {
        found.add(finding("LSN " + gap.fromLsn() + " to " + gap.toLsn(), "no frame that verifies"));
      }
      if (analysis.endLsn() < end) {
        found.add(finding("LSN " + analysis.endLsn() + " to " + end, "no frame that verifies"));
      }
      history.replay(
          from,
          Math.min(end, analysis.endLsn()),
          (lsn, frame) -> {
            decode(lsn, frame, found);
            return true;
          });
    } catch (CorruptBytesException | UnsupportedVersionException e) {
      found.add(finding("wal", String.valueOf(e.getMessage())));
    } catch (IOException e) {
      found.add(finding("wal", "unreadable: " + e));
    }
    return found;
  }

  private void decode(long lsn, FrameReader frame, List<Finding> found) {
    frames++;
    try {
      switch (frame.type()) {
        case TUPLE_INSERT, TUPLE_UPDATE, TUPLE_DELETE, PAGE_DELTA, PAGE_IMAGE, RELOCATE, TOUCH -> {}
        default -> {
          LogFrame unused = LogFrame.decode(frame, "log");
        }
      }
    } catch (CorruptBytesException e) {
      found.add(finding("LSN " + lsn, String.valueOf(e.getMessage())));
    }
  }

  private static Finding finding(String where, String actual) {
    return new Finding(Kind.LOG, where, "frames that verify", actual);
  }
}
