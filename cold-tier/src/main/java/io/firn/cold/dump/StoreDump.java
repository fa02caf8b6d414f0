// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.dump;

import io.firn.cold.compress.UndecodableException;
import io.firn.cold.compress.Zstd;
import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.Manifest;
import io.firn.cold.format.SegmentEntry;
import io.firn.cold.format.SegmentHeader;
import io.firn.cold.format.TableEntry;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.model.UnsupportedVersionException;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the files of a store hold, as text. Reads only; a store may be open elsewhere, where
 * it may change while it is read, or damaged: what does not decode is said so in its place, and no
 * bytes make a method throw. For one thread.
 *
 * <p>The methods throw {@link IOException} only if the text cannot be written.
 */
public final class StoreDump {
  /** How many lines a dump has at most, unless asked for more. */
  public static final int DEFAULT_LINES = 1000;

  private static final List<String> LOG_DIRECTORIES = List.of("archive", "wal");
  private static final String COMPRESSED = ".zst";
  private static final List<String> MANIFESTS = List.of("manifest-a", "manifest-b");
  private static final int LARGEST_FILE = 256 << 20;

  private final Disk disk;
  private final Lines lines;
  private final boolean hex;

  /**
   * Creates a dump.
   *
   * @param disk the store's directory
   * @param out gets the lines
   * @param maximumLines how many lines all calls together write at most
   * @param hex whether to show the bytes too
   */
  public StoreDump(Disk disk, Appendable out, long maximumLines, boolean hex) {
    this.disk = disk;
    this.lines = new Lines(out, maximumLines);
    this.hex = hex;
  }

  /** Shows both manifests. */
  public void manifests() throws IOException {
    Manifest current = current();
    for (String name : MANIFESTS) {
      byte[] bytes = read(name);
      if (bytes == null) {
        continue;
      }
      try {
        Manifest manifest = Manifest.decode(bytes, name);
        lines.line(
            name
                + ": "
                + bytes.length
                + " bytes, manifest "
                + manifest.number()
                + (manifest.equals(current) ? ", which counts" : ", the older one"));
        new ManifestView(lines).show(manifest);
      } catch (CorruptBytesException | UnsupportedVersionException e) {
        lines.line(name + ": " + bytes.length + " bytes, DAMAGED: " + e.getMessage());
      }
      if (hex) {
        lines.hex(bytes, 0, bytes.length, 0);
      }
    }
  }

  /** Lists the archived and the present log segments, one line each. */
  public void log() throws IOException {
    for (String directory : LOG_DIRECTORIES) {
      for (String name : list(directory)) {
        showLog(directory + "/" + name, false);
      }
    }
  }

  /** Shows the frames of the log files, archived or not, whose names begin with this number. */
  public void logSegment(long sequence) throws IOException {
    boolean found = false;
    for (String directory : LOG_DIRECTORIES) {
      for (String name : list(directory)) {
        if (name.startsWith(Lines.hex(sequence, 16))) {
          found = true;
          showLog(directory + "/" + name, true);
        }
      }
    }
    if (!found) {
      lines.line("no log file has the number " + Lines.hex(sequence, 16));
    }
  }

  private void showLog(String path, boolean frames) throws IOException {
    byte[] bytes = read(path);
    if (bytes == null) {
      return;
    }
    try {
      boolean packed = path.endsWith(COMPRESSED);
      byte[] content = packed ? Zstd.decompressed(bytes, LARGEST_FILE) : bytes;
      String name = packed ? path + " (" + bytes.length + " bytes)" : path;
      new LogView(lines).show(name, content, frames, frames && hex);
    } catch (UndecodableException e) {
      lines.line(path + ": " + bytes.length + " bytes, DAMAGED: " + e.getMessage());
    }
  }

  /** Shows the header of a data file and one line for each page. */
  public void segment(int tableId, int number) throws IOException {
    withSegment(tableId, number, SegmentView::showPages);
  }

  /** Shows the header of a data file, and one page with its records. */
  public void page(int tableId, int number, int page) throws IOException {
    withSegment(tableId, number, view -> view.showPage(page, hex));
  }

  /** Shows the snapshots of a table's index that the manifest names: its checkpoint. */
  public void index(int tableId) throws IOException {
    Manifest manifest = current();
    if (manifest == null) {
      lines.line("no manifest verifies, so that nobody knows where the snapshots stand");
      return;
    }
    TableEntry table = table(manifest, tableId);
    String path = "index/" + tableId + ".idx";
    if (table == null) {
      lines.line("manifest " + manifest.number() + " names no table " + tableId);
      return;
    }
    try (DiskFile file = disk.open(path, Disk.OpenMode.READ)) {
      lines.line(path + ": " + file.size() + " bytes, table " + Lines.quoted(table.name()));
      new IndexView(lines, file, hex).show(table);
    } catch (IOException e) {
      lines.line(path + ": cannot be read: " + e);
    }
  }

  /** Something shown of a data file. */
  @FunctionalInterface
  private interface Part {
    void of(SegmentView view) throws IOException;
  }

  private void withSegment(int tableId, int number, Part part) throws IOException {
    String path = "data/" + tableId + "/" + number + ".seg";
    try (DiskFile file = disk.open(path, Disk.OpenMode.READ)) {
      SegmentHeader header = header(file, path, tableId, number);
      if (header != null) {
        part.of(new SegmentView(lines, file, header));
      }
    } catch (IOException e) {
      lines.line(path + ": cannot be read: " + e);
    }
  }

  /** Returns what a file's header says; if that is damaged, what the manifest says. */
  private @Nullable SegmentHeader header(DiskFile file, String path, int tableId, int number)
      throws IOException {
    byte[] bytes = new byte[(int) Math.min(file.size(), SegmentHeader.BYTES)];
    file.read(0, bytes, 0, bytes.length);
    try {
      SegmentHeader header = SegmentHeader.decode(bytes, path);
      lines.line(path + ": " + file.size() + " bytes, " + describe(header));
      return header;
    } catch (CorruptBytesException | UnsupportedVersionException e) {
      lines.line(path + ": " + file.size() + " bytes, header DAMAGED: " + e.getMessage());
    }
    SegmentHeader known = known(tableId, number);
    lines.line(known == null ? "no manifest names it" : "by the manifest " + describe(known));
    return known;
  }

  private static String describe(SegmentHeader header) {
    return "segment "
        + header.segment()
        + " of table "
        + header.tableId()
        + ", "
        + header.capacity()
        + " bytes of pages of "
        + header.pageBytes()
        + ", stream class "
        + header.streamClass()
        + ", bases LSN "
        + header.lsnBase()
        + " and "
        + FrameText.time(header.timeBaseMillis());
  }

  private @Nullable SegmentHeader known(int tableId, int number) throws IOException {
    Manifest manifest = current();
    TableEntry table = manifest == null ? null : table(manifest, tableId);
    if (manifest != null && table != null) {
      for (SegmentEntry segment : table.segments()) {
        if (segment.number() == number) {
          return new SegmentHeader(
              tableId,
              number,
              segment.capacity(),
              segment.lsnBase(),
              segment.timeBaseMillis(),
              segment.streamClass(),
              manifest.identity().pageBytes());
        }
      }
    }
    return null;
  }

  private static @Nullable TableEntry table(Manifest manifest, int id) {
    return manifest.tables().stream().filter(table -> table.id() == id).findFirst().orElse(null);
  }

  /** Returns the manifest that counts; null if none verifies. */
  private @Nullable Manifest current() throws IOException {
    Manifest best = null;
    for (String name : MANIFESTS) {
      try (DiskFile file = disk.open(name, Disk.OpenMode.READ)) {
        Manifest manifest = Manifest.decode(content(file), name);
        best = best == null || manifest.number() > best.number() ? manifest : best;
      } catch (IOException | UnsupportedVersionException unshown) {
        // Whoever shows the manifests says what is wrong with this one.
      }
    }
    return best;
  }

  private byte @Nullable [] read(String path) throws IOException {
    try (DiskFile file = disk.open(path, Disk.OpenMode.READ)) {
      return content(file);
    } catch (IOException e) {
      lines.line(path + ": cannot be read: " + e);
      return null;
    }
  }

  private static byte[] content(DiskFile file) throws IOException {
    byte[] bytes = new byte[(int) Math.min(file.size(), LARGEST_FILE)];
    file.read(0, bytes, 0, bytes.length);
    return bytes;
  }

  private List<String> list(String directory) throws IOException {
    try {
      return disk.list(directory);
    } catch (IOException e) {
      lines.line(directory + ": cannot be read: " + e);
      return List.of();
    }
  }
}
