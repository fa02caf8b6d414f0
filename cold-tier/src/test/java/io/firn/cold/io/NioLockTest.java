// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NioLockTest {
  private static final long LOCKED_BYTE = 1L << 30;

  @TempDir Path directory;
  private NioDisk disk;

  @BeforeEach
  void open() throws IOException {
    disk = NioDisk.open(directory);
  }

  private static void assertHeld(NioDisk disk, String holder) {
    assertThatThrownBy(() -> disk.lock("LOCK", "late"))
        .isInstanceOfSatisfying(
            LockHeldException.class, e -> assertThat(e.holder()).isEqualTo(holder))
        .hasMessageContaining("LOCK")
        .hasMessageContaining(holder);
  }

  @Test
  void isExclusiveWithinTheProcess() throws IOException {
    DiskLock lock = disk.lock("LOCK", "first, pid 1");
    assertHeld(disk, "first, pid 1");
    assertHeld(NioDisk.open(directory), "first, pid 1");
    assertThat(directory.resolve("LOCK")).hasContent("first, pid 1");
    lock.close();
    try (DiskLock second = disk.lock("LOCK", "2nd")) {
      assertThat(second).isNotNull();
      lock.close();
      assertHeld(disk, "2nd");
      assertThat(directory.resolve("LOCK")).hasContent("2nd");
    }
    assertThat(directory.resolve("LOCK")).exists();
  }

  @Test
  @Tag("posix")
  void isExclusiveThroughAnotherNameOfTheDirectory() throws IOException {
    Path other = Files.createSymbolicLink(directory.resolve("alias"), directory);
    try (DiskLock lock = disk.lock("LOCK", "me")) {
      assertThat(lock).isNotNull();
      assertHeld(NioDisk.open(other), "me");
    }
  }

  @Test
  void isExclusiveAgainstAnotherProcess() throws IOException, InterruptedException {
    Process process = startHolder();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.readLine()).isEqualTo("locked NioLock");
      assertHeld(disk, "the other process");
      assertHeld(disk, "the other process");
      process.getOutputStream().close();
      assertThat(process.waitFor()).isZero();
    } finally {
      process.destroyForcibly();
    }
    try (DiskLock lock = disk.lock("LOCK", "after it")) {
      assertThat(lock).isNotNull();
      assertThat(directory.resolve("LOCK")).hasContent("after it");
    }
  }

  @Test
  void theEndOfAProcessGivesTheLockUp() throws IOException, InterruptedException {
    Process process = startHolder();
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.readLine()).isEqualTo("locked NioLock");
    }
    process.destroyForcibly().waitFor();
    try (DiskLock lock = disk.lock("LOCK", "heir")) {
      assertThat(lock).isNotNull();
    }
  }

  private Process startHolder() throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    return new ProcessBuilder(
            java.toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            classPath,
            LockHolder.class.getName(),
            directory.toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @Test
  void aHolderThatAnotherClassLoaderHidesKeepsItsLock() throws IOException {
    Path file = Files.writeString(directory.resolve("LOCK"), "another copy");
    try (FileChannel hidden =
        FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      assertThat(hidden.lock(LOCKED_BYTE, 1, false).isValid()).isTrue();
      assertHeld(disk, "another copy");
      assertHeld(disk, "another copy");
    }
    try (DiskLock lock = disk.lock("LOCK", "now free")) {
      assertThat(lock).isNotNull();
      assertThat(file).hasContent("now free");
    }
  }

  @Test
  void anUnknownHolderIsNamedSo() {
    assertThat(new LockHeldException("/s/LOCK", ""))
        .hasMessage("/s/LOCK is locked by an unknown holder");
  }

  @Test
  void failsWhereTheFileCannotBeCreated() {
    assertThatThrownBy(() -> disk.lock("missing/LOCK", "me")).isInstanceOf(IOException.class);
  }

  @Test
  void aFailedAttemptLeavesNothingBehind() throws IOException {
    disk.createDirectories("LOCK");
    assertThatThrownBy(() -> disk.lock("LOCK", "me")).isInstanceOf(IOException.class);
    disk.delete("LOCK");
    try (DiskLock lock = disk.lock("LOCK", "me")) {
      assertThat(lock).isNotNull();
    }
  }
}
