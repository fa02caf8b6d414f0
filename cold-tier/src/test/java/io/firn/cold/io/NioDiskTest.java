// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.io.Disk.OpenMode;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NioDiskTest {
  @TempDir Path temporary;
  private Path directory;
  private NioDisk disk;

  @BeforeEach
  void open() throws IOException {
    directory = temporary.resolve("a/store");
    disk = NioDisk.open(directory);
  }

  @Test
  @Tag("posix")
  void whatItCreatesBelongsToTheOwnerOnly() throws IOException {
    disk.createDirectories("data/7");
    disk.open("data/7/1.seg", OpenMode.CREATE).close();
    disk.lock("LOCK", "me").close();
    for (String path : new String[] {".", "data", "data/7"}) {
      assertThat(permissions(path)).isEqualTo("rwx------");
    }
    assertThat(permissions("data/7/1.seg")).isEqualTo("rw-------");
    assertThat(permissions("LOCK")).isEqualTo("rw-------");
  }

  private String permissions(String path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve(path)));
  }

  @Test
  void countsTheBytesOfItsFiles_asDeepAsAStoreHasAny() throws IOException {
    assertThat(disk.storedBytes()).isZero();
    Files.createDirectories(directory.resolve("data/7/below"));
    Files.write(directory.resolve("manifest-a"), new byte[3]);
    Files.write(directory.resolve("data/7/1.seg"), new byte[40]);
    Files.write(directory.resolve("data/7/below/foreign"), new byte[500]);
    assertThat(disk.storedBytes()).isEqualTo(43);
  }

  @Test
  void refusesWhatIsNoDirectory() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "x");
    assertThatThrownBy(() -> NioDisk.open(file)).isInstanceOf(NotDirectoryException.class);
    assertThatThrownBy(() -> NioDisk.open(file.resolve("below")))
        .isInstanceOf(FileSystemException.class);
    assertThat(file).hasContent("x");
  }

  @Test
  void refusesAFileSystemThatCannotBeWritten() {
    Path readOnly = Path.of(URI.create("jrt:/")).resolve("store");
    assertThatThrownBy(() -> NioDisk.open(readOnly))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("store");
  }

  @Test
  void listsSortedNamesAndNothingForAMissingDirectory() throws IOException {
    disk.createDirectories("d/sub");
    disk.open("d/b", OpenMode.CREATE).close();
    disk.open("d/a", OpenMode.CREATE).close();
    assertThat(disk.list("d")).containsExactly("a", "b", "sub");
    assertThat(disk.list("missing")).isEmpty();
    assertThat(disk.list("")).containsExactly("d");
  }

  @Test
  void deletesFilesAndEmptyDirectoriesAndToleratesMissingOnes() throws IOException {
    disk.createDirectories("d");
    disk.open("d/a", OpenMode.CREATE).close();
    assertThat(disk.exists("d/a")).isTrue();
    assertThatThrownBy(() -> disk.delete("d")).isInstanceOf(IOException.class);
    disk.delete("d/a");
    disk.delete("d/a");
    disk.delete("d");
    assertThat(disk.exists("d")).isFalse();
  }

  @Test
  void renamesOverAnExistingFile() throws IOException {
    write("from", "new");
    write("to", "old");
    disk.rename("from", "to");
    assertThat(directory.resolve("to")).hasContent("new");
    assertThat(disk.exists("from")).isFalse();
    assertThatThrownBy(() -> disk.rename("from", "to")).isInstanceOf(NoSuchFileException.class);
  }

  private void write(String path, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    try (DiskFile file = disk.open(path, OpenMode.CREATE)) {
      file.write(0, bytes, 0, bytes.length);
    }
  }

  @Test
  void missingFilesAreReportedAsSuch() {
    assertThatThrownBy(() -> disk.open("no", OpenMode.READ))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> disk.open("no", OpenMode.WRITE))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> disk.open("no/such", OpenMode.CREATE))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> disk.syncDirectory("no")).isInstanceOf(IOException.class);
  }

  @Test
  void createsDirectoriesOnceAndReportsAFileInTheirPlace() throws IOException {
    disk.createDirectories("d/e");
    disk.createDirectories("d/e");
    write("f", "x");
    assertThatThrownBy(() -> disk.createDirectories("f/g")).isInstanceOf(IOException.class);
    disk.syncDirectory("d");
    disk.syncDirectory("");
    assertThat(disk.list("d")).containsExactly("e");
  }

  @Test
  void neverLeavesItsDirectory() {
    assertThatThrownBy(() -> disk.open("../x", OpenMode.CREATE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> disk.delete("/")).isInstanceOf(IllegalArgumentException.class);
    assertThat(temporary.resolve("a/x")).doesNotExist();
  }

  @Test
  void describesItself() throws IOException {
    assertThat(disk.describe()).isEqualTo(directory.toAbsolutePath().toString());
    assertThat(disk.usableBytes()).isPositive();
  }

  @Test
  void mapsRegionsOnlyWhereBlocksAreReservedAndUnmappingWorks() {
    assertThat(NioDisk.mapsRegions("auto", "ext4", true)).isTrue();
    assertThat(NioDisk.mapsRegions("auto", "NTFS", true)).isTrue();
    assertThat(NioDisk.mapsRegions("auto", "ext4", false)).isFalse();
    assertThat(NioDisk.mapsRegions("auto", "btrfs", true)).isFalse();
    assertThat(NioDisk.mapsRegions("auto", "nfs4", true)).isFalse();
    assertThat(NioDisk.mapsRegions("mapped", "btrfs", false)).isTrue();
    assertThat(NioDisk.mapsRegions("buffered", "ext4", true)).isFalse();
    assertThatThrownBy(() -> NioDisk.mapsRegions("sometimes", "ext4", true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("sometimes");
  }
}
