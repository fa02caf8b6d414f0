// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.dump;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.testkit.DiskCall;
import io.firn.cold.testkit.Fault;
import io.firn.cold.testkit.SimDisk;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What dumps show of the golden stores, word for word, and that no bytes make them fail. With
 * {@code -Dfirn.dump.write=DIRECTORY} the texts are written instead of compared.
 */
final class StoreDumpTest {
  private static final String WRITE = "firn.dump.write";

  @FunctionalInterface
  private interface Part {
    void of(StoreDump dump) throws IOException;
  }

  private static SimDisk golden(String name) throws IOException {
    return SimDisk.fromHex(resource("golden/format-1-" + name + ".txt"), 1, null);
  }

  private static String resource(String name) throws IOException {
    try (InputStream text =
        Objects.requireNonNull(StoreDumpTest.class.getResourceAsStream("/" + name), name)) {
      return new String(text.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static String dump(Disk disk, boolean hex, Part part) throws IOException {
    return dump(disk, Long.MAX_VALUE, hex, part);
  }

  private static String dump(Disk disk, long lines, boolean hex, Part part) throws IOException {
    StringBuilder text = new StringBuilder();
    part.of(new StoreDump(disk, text, lines, hex));
    return text.toString();
  }

  private static void matches(String name, String text) throws IOException {
    String directory = System.getProperty(WRITE);
    if (directory != null) {
      Files.writeString(Path.of(directory, name), text);
    } else {
      assertThat(text).isEqualTo(resource("golden/" + name));
    }
  }

  private static void everything(StoreDump dump) throws IOException {
    dump.manifests();
    dump.log();
    for (int i = 0; i < 5; i++) {
      dump.logSegment(i);
      dump.segment(i, 1);
      dump.page(i, 1, 0);
      dump.page(i, 1, 1);
      dump.index(i);
    }
  }

  // ---- what it says

  @Test
  void manifests() throws IOException {
    matches("dump-manifest.txt", dump(golden("closed"), false, StoreDump::manifests));
  }

  @Test
  void theLog_asAListAndFrameByFrame() throws IOException {
    SimDisk disk = golden("killed");
    String text = dump(disk, false, StoreDump::log);
    for (String name : disk.list("wal")) {
      long sequence = Long.parseLong(name.substring(0, 16), 16);
      text += dump(disk, false, dump -> dump.logSegment(sequence));
    }
    matches("dump-log.txt", text);
  }

  @Test
  void aSegment_itsPagesAndTheRecordsOfOne() throws IOException {
    SimDisk disk = golden("closed");
    matches(
        "dump-segment.txt",
        dump(disk, false, dump -> dump.segment(1, 1))
            + dump(disk, false, dump -> dump.page(1, 1, 0))
            + dump(disk, true, dump -> dump.page(4, 1, 2)));
  }

  @Test
  void theSnapshotsOfAnIndex() throws IOException {
    SimDisk disk = golden("closed");
    matches(
        "dump-index.txt",
        dump(disk, false, dump -> dump.index(1)) + dump(disk, true, dump -> dump.index(3)));
  }

  @Test
  void whatIsNotThere() throws IOException {
    SimDisk disk = golden("closed");
    assertThat(dump(disk, false, dump -> dump.segment(77, 1)))
        .startsWith("data/77/1.seg: cannot be read: ");
    assertThat(dump(disk, false, dump -> dump.logSegment(0x77)))
        .isEqualTo("no log file has the number 0000000000000077\n");
    assertThat(dump(disk, false, dump -> dump.index(77))).contains("names no table 77");
    assertThat(dump(disk, false, dump -> dump.page(1, 1, 9_999)))
        .contains("page 9999: the file has");
    assertThat(dump(disk, false, dump -> dump.page(1, 1, -1))).contains("page -1: the file has");
    assertThat(dump(new SimDisk(1), true, StoreDumpTest::everything))
        .contains("no manifest verifies")
        .contains("manifest-a: cannot be read");
  }

  // ---- damage

  @Test
  void damage_isNamedWhereItStands() throws IOException {
    SimDisk disk = golden("closed");
    disk.flipBit("manifest-a", 8 * 50);
    disk.flipBit("manifest-b", 8 * 50);
    disk.flipBit("data/1/1.seg", 8 * 20);
    assertThat(dump(disk, true, StoreDump::manifests))
        .contains("manifest-a: ")
        .contains("DAMAGED: manifest-b at offset 20: checksum");
    assertThat(dump(disk, false, dump -> dump.segment(1, 1)))
        .contains("header DAMAGED")
        .contains("no manifest names it");
    assertThat(dump(disk, false, dump -> dump.index(1))).contains("no manifest verifies");
  }

  @Test
  void aDamagedSegmentHeader_isReplacedByWhatTheManifestSays() throws IOException {
    SimDisk disk = golden("closed");
    disk.flipBit("data/1/1.seg", 8 * 20);
    assertThat(dump(disk, false, dump -> dump.segment(1, 1)))
        .contains("header DAMAGED")
        .contains("by the manifest segment 1 of table 1")
        .contains("page 0: ");
  }

  @Test
  void aDamagedFrame_isSkipped() throws IOException {
    SimDisk disk = golden("killed");
    String path = "wal/" + disk.list("wal").get(0);
    disk.flipBit(path, 8 * (64 + 16 + 60));
    long sequence = Long.parseLong(path.substring(4, 20), 16);
    assertThat(dump(disk, true, dump -> dump.logSegment(sequence)))
        .contains("DAMAGED: no frame up to LSN ");
    assertThat(dump(disk, false, StoreDump::log)).contains("GAPS: 1");
  }

  @Test
  void aDiskThatCannotRead_isSaid() throws IOException {
    SimDisk disk = golden("closed");
    disk.failFrom(DiskCall.READ, 1, Fault.EIO);
    assertThat(dump(disk, true, StoreDumpTest::everything)).contains("cannot be read");
  }

  @Test
  void anyBytes_giveText() throws IOException {
    SimDisk closed = golden("closed");
    SimDisk killed = golden("killed");
    SplittableRandom random = new SplittableRandom(20261126);
    for (int round = 0; round < 150; round++) {
      SimDisk disk = (round % 2 == 0 ? closed : killed).copy();
      List<String> paths = new ArrayList<>(disk.sizes().keySet());
      for (int i = 0; i < 12; i++) {
        damage(disk, paths.get(random.nextInt(paths.size())), random);
      }
      String text = dump(disk, 3_000, round % 3 == 0, StoreDumpTest::everything);
      assertThat(text).isNotEmpty();
    }
  }

  private static void damage(SimDisk disk, String path, SplittableRandom random)
      throws IOException {
    try (DiskFile file = disk.open(path, Disk.OpenMode.WRITE)) {
      long size = Math.max(1, file.size());
      if (random.nextInt(6) == 0) {
        file.truncate(random.nextLong(size));
        return;
      }
      byte[] bytes = new byte[1 + random.nextInt(40)];
      random.nextBytes(bytes);
      long at = random.nextInt(3) == 0 ? random.nextInt(100) : random.nextLong(size);
      file.write(Math.min(at, size), bytes, 0, bytes.length);
    }
  }

  @Test
  void aDump_isBounded() throws IOException {
    String text = dump(golden("killed"), 20, true, StoreDumpTest::everything);
    assertThat(text.lines()).hasSize(21);
    assertThat(text).endsWith("... (stopped after 20 lines)\n");
  }

  @Test
  void nothing_isChanged() throws IOException {
    SimDisk disk = golden("killed");
    String before = disk.toHex();
    assertThat(dump(disk, true, StoreDumpTest::everything)).isNotEmpty();
    assertThat(disk.toHex()).isEqualTo(before);
  }

  @Test
  void names_stayOnTheirLine() {
    assertThat(Lines.quoted("a\nb\u0007\u00e4")).isEqualTo("\"a?b?\u00e4\"");
    assertThat(Lines.text(new byte[] {1, 2}, 0, 2)).isEqualTo("0102");
    assertThat(Lines.text(new byte[100], 0, 100)).hasSize(2 * 48 + 3).endsWith("...");
  }

  // ---- the command

  private static int run(StringBuilder out, StringBuilder err, String... arguments)
      throws IOException {
    return Dump.run(arguments, out, err);
  }

  @Test
  void theCommand_showsWhatItIsAskedFor(@TempDir Path directory) throws IOException {
    SimDisk disk = golden("closed");
    for (String path : disk.sizes().keySet()) {
      Path file = directory.resolve(path);
      Files.createDirectories(Objects.requireNonNull(file.getParent()));
      Files.write(file, disk.content(path));
    }
    String store = directory.toString();
    StringBuilder out = new StringBuilder();
    StringBuilder err = new StringBuilder();
    assertThat(run(out, err, store, "manifest")).isZero();
    assertThat(run(out, err, store, "log")).isZero();
    assertThat(run(out, err, store, "log", "1", "--all")).isZero();
    assertThat(run(out, err, store, "segment", "1", "1")).isZero();
    assertThat(run(out, err, store, "segment", "1", "1", "0", "--hex")).isZero();
    assertThat(run(out, err, store, "index", "1")).isZero();
    assertThat(out.toString())
        .contains("which counts", "TABLE_CREATE", "page 0: ", "46 53 45 47", "snapshot ");
    assertThat(err).isEmpty();
    assertThat(run(out, err, store, "index", "x")).isEqualTo(Dump.MISUSED);
    assertThat(err).contains("not a number", "usage: Dump STORE manifest");
    err.setLength(0);
    assertThat(run(out, err, store)).isEqualTo(Dump.MISUSED);
    assertThat(run(out, err, store, "everything")).isEqualTo(Dump.MISUSED);
    assertThat(err).contains("usage: Dump STORE manifest");
    Path absent = directory.resolve("absent");
    assertThatThrownBy(() -> run(out, err, absent.toString(), "log"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("absent");
    assertThat(absent).doesNotExist();
  }
}
