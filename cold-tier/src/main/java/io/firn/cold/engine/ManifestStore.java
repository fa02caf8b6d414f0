// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.Manifest;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.io.DiskLedger;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The two manifest files, written alternately: number, content, checksum, force. The valid one with
 * the higher number counts; no rename, and no new block unless the manifest outgrows its file. One
 * thread at a time.
 */
final class ManifestStore {
  /** The names of the two files. */
  static final List<String> NAMES = List.of("manifest-a", "manifest-b");

  private static final int GRANULE_BYTES = 4096;

  private final Disk disk;
  private final DiskLedger ledger;
  private final long[] sizes = new long[NAMES.size()];
  private final long[] redoLsns = {Long.MAX_VALUE, Long.MAX_VALUE};
  private @Nullable Manifest current;
  private int currentIndex = 1;
  private boolean afterCrash;

  ManifestStore(Disk disk, DiskLedger ledger) {
    this.disk = disk;
    this.ledger = ledger;
  }

  /**
   * Reads both files.
   *
   * @return what is wrong with each file that does not verify
   * @throws io.firn.cold.model.UnsupportedVersionException if a newer version wrote them
   */
  List<String> load() throws IOException {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < NAMES.size(); i++) {
      String name = NAMES.get(i);
      if (!disk.exists(name)) {
        continue;
      }
      try (DiskFile file = disk.open(name, Disk.OpenMode.READ)) {
        long size = file.size();
        byte[] bytes = new byte[(int) Math.min(size, Integer.MAX_VALUE - 8)];
        file.read(0, bytes, 0, bytes.length);
        sizes[i] = size;
        ledger.adopt(size);
        accept(i, Manifest.decode(bytes, name));
      } catch (CorruptBytesException e) {
        problems.add(String.valueOf(e.getMessage()));
      }
    }
    return problems;
  }

  private void accept(int i, Manifest manifest) {
    redoLsns[i] = manifest.redoLsn();
    Manifest best = current;
    if (best == null || manifest.number() > best.number()) {
      current = manifest;
      currentIndex = i;
    }
  }

  /** Returns the manifest that counts; null if there is none. */
  @Nullable Manifest current() {
    return current;
  }

  /** Returns the number for the next manifest. */
  long nextNumber() {
    Manifest last = current;
    return last == null ? 1 : last.number() + 1;
  }

  /** Returns the LSN from which either manifest needs the log. */
  long neededLsn() {
    return Math.min(redoLsns[0], redoLsns[1]);
  }

  /**
   * Tells whether the life before this one did not close the store, so that it may have left what
   * it was about to replace half-written: the older manifest, older snapshots.
   */
  boolean isAfterCrash() {
    return afterCrash;
  }

  /** Notes that, at opening. */
  void afterCrash(boolean notClosed) {
    afterCrash = notClosed;
  }

  /** Returns the bytes that both files take. */
  long bytes() {
    return sizes[0] + sizes[1];
  }

  /** Returns the name of the file that holds the manifest that counts. */
  String currentName() {
    return NAMES.get(currentIndex);
  }

  /** Forces both files and their names, which a crash may have left in the page cache only. */
  void force() throws IOException {
    for (String name : NAMES) {
      if (disk.exists(name)) {
        try (DiskFile file = disk.open(name, Disk.OpenMode.WRITE)) {
          file.force();
        }
      }
    }
    disk.syncDirectory("");
  }

  /** Writes and forces a manifest over the older of the two. */
  void write(Manifest manifest) throws IOException {
    int i = 1 - currentIndex;
    byte[] bytes = manifest.encode();
    try (DiskFile file = disk.open(NAMES.get(i), Disk.OpenMode.CREATE)) {
      long needed = (bytes.length + GRANULE_BYTES - 1L) / GRANULE_BYTES * GRANULE_BYTES;
      if (sizes[i] < needed) {
        ledger.reserve(needed - sizes[i], 0, NAMES.get(i));
        file.zero(sizes[i], needed - sizes[i]);
        sizes[i] = needed;
      }
      redoLsns[i] = 0;
      file.write(0, bytes, 0, bytes.length);
      file.force();
    }
    if (manifest.number() <= NAMES.size()) {
      disk.syncDirectory("");
    }
    redoLsns[i] = manifest.redoLsn();
    current = manifest;
    currentIndex = i;
  }
}
