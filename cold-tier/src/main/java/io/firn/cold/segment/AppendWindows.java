// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.segment;

import io.firn.cold.io.AppendRegion;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Where the extents of a segment are being filled, or were and the window is not closed yet.
 * Thread-safe.
 */
final class AppendWindows {
  private final List<AppendRegion> windows = new CopyOnWriteArrayList<>();
  private final Queue<AppendRegion> finished = new ConcurrentLinkedQueue<>();

  void add(AppendRegion window) {
    windows.add(window);
  }

  /** Notes that nothing is put into a window any more; from any thread. */
  void finish(AppendRegion window) {
    finished.add(window);
  }

  /** Closes the windows that are finished, unless a force would miss what was put into them. */
  void closeFinished() {
    for (AppendRegion window = finished.peek();
        window != null && window.storesOutliveIt();
        window = finished.peek()) {
      if (finished.remove(window)) {
        close(window);
      }
    }
  }

  /** Forces what a force of the file would miss, and closes the windows that are finished. */
  void force() throws IOException {
    List<AppendRegion> over = new ArrayList<>();
    for (AppendRegion window = finished.poll(); window != null; window = finished.poll()) {
      over.add(window);
    }
    for (AppendRegion window : windows) {
      if (!window.storesOutliveIt()) {
        window.force();
      }
    }
    over.forEach(this::close);
  }

  void close(AppendRegion window) {
    if (windows.remove(window)) {
      window.close();
    }
  }

  void closeAll() {
    windows.forEach(this::close);
  }
}
