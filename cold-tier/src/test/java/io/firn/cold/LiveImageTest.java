// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Images of a store that four threads of another process are writing, each recovered and compared
 * with what had been acknowledged before it was taken.
 *
 * <p>Files that are copied while somebody writes show different moments, and no order of copying
 * makes one moment of them: pages are used again and log is given up meanwhile. So the writing
 * process is stopped by a signal, between any two instructions of each of its threads, for as long
 * as the copying takes. What the copy then holds is what a kill at that moment would leave.
 */
final class LiveImageTest {
  private static final int IMAGES = 24;

  @TempDir Path directory;

  @Test
  @Timeout(value = 600, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void images_holdWhatHadBeenAcknowledged() throws IOException, InterruptedException {
    Path live = directory.resolve("live");
    Path notesFile = directory.resolve("notes");
    ByteBuffer notes = LiveImageWriter.notes(notesFile).order(ByteOrder.nativeOrder());
    Process writer =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                LiveImageWriter.class.getName(),
                live.toString(),
                notesFile.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(said.readLine()).isEqualTo(LiveImageWriter.READY);
      SplittableRandom random = new SplittableRandom(1);
      long checkpoints = 0;
      int underWay = 0;
      // More where the machine gave the writer too little time for what is asserted below.
      for (int n = 0; n < IMAGES || underWay == 0 || checkpoints <= 2; n++) {
        LockSupport.parkNanos(1_000_000L * (20 + random.nextInt(150)));
        Path image = directory.resolve("image-" + n);
        ByteBuffer before = image(writer, live, image, notes);
        underWay += underWay(before);
        checkpoints = Math.max(checkpoints, check(image, before, n));
        delete(image);
      }
      assertThat(underWay).as("operations under way at the images").isPositive();
      assertThat(checkpoints).as("manifests before the last image").isGreaterThan(2);
      writer.getOutputStream().close();
      assertThat(writer.waitFor()).isZero();
    } finally {
      writer.destroyForcibly();
    }
  }

  private static int underWay(ByteBuffer notes) {
    int count = 0;
    for (int i = 0; i < LiveImageWriter.KEYS; i++) {
      boolean begun = LiveImageWriter.begun(notes, i) != LiveImageWriter.acknowledged(notes, i);
      count += begun ? 1 : 0;
    }
    return count;
  }

  /** Stops the writer, copies its files, lets it go on; returns its notes of that moment. */
  private static ByteBuffer image(Process writer, Path live, Path image, ByteBuffer notes)
      throws IOException, InterruptedException {
    signal(writer, "STOP");
    try {
      awaitStopped(writer.pid());
      ByteBuffer before = copyOf(notes);
      copy(live, image);
      assertThat(copyOf(notes)).as("the notes of a stopped writer").isEqualTo(before);
      return before;
    } finally {
      signal(writer, "CONT");
    }
  }

  private static void signal(Process process, String name)
      throws IOException, InterruptedException {
    Process kill = new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).start();
    assertThat(kill.waitFor()).isZero();
  }

  /** Where the system tells, waits until every thread has stopped; some end a call before. */
  private static void awaitStopped(long pid) throws IOException {
    Path tasks = Path.of("/proc", String.valueOf(pid), "task");
    while (Files.isDirectory(tasks) && !allStopped(tasks)) {
      Thread.onSpinWait();
    }
  }

  private static boolean allStopped(Path tasks) throws IOException {
    try (Stream<Path> each = Files.list(tasks)) {
      for (Path task : (Iterable<Path>) each::iterator) {
        String stat = Files.readString(task.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
      return true;
    } catch (NoSuchFileException | UncheckedIOException e) {
      return false;
    }
  }

  private static ByteBuffer copyOf(ByteBuffer notes) {
    byte[] bytes = new byte[notes.capacity()];
    notes.get(0, bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.nativeOrder());
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path target = to.resolve(from.relativize(file).toString());
        if (Files.isDirectory(file)) {
          Files.createDirectories(target);
        } else {
          Files.copy(file, target);
        }
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> all = files.sorted((a, b) -> b.compareTo(a)).toList();
      for (Path file : all) {
        Files.delete(file);
      }
    }
  }

  /** Opens an image and compares every key; returns the store's manifest count so far. */
  private static long check(Path image, ByteBuffer notes, int n) throws IOException {
    try (ColdStore store = ColdStore.open(image, LiveImageWriter.options())) {
      assertThat(store.stats().recovery().clean()).isFalse();
      assertThat(store.stats().recovery().gaps()).isEmpty();
      ColdTable table = store.table("t", TableOptions.defaults());
      for (int i = 0; i < LiveImageWriter.KEYS; i++) {
        byte[] found = table.get(LiveImageWriter.key(i));
        int acknowledged = LiveImageWriter.acknowledged(notes, i);
        int begun = LiveImageWriter.begun(notes, i);
        assertThat(isVersion(found, i, acknowledged) || isVersion(found, i, begun))
            .as(
                "image %s, key %s: version %s acknowledged, %s begun, found %s",
                n, i, acknowledged, begun, found == null ? "none" : version(found))
            .isTrue();
      }
      assertThat(table.stats().damaged()).isZero();
    }
    byte[] manifest = Files.readAllBytes(image.resolve("manifest-a"));
    return ByteBuffer.wrap(manifest).order(ByteOrder.LITTLE_ENDIAN).getLong(8);
  }

  private static String version(byte[] found) {
    return "version " + ByteBuffer.wrap(found).getInt(4);
  }

  private static boolean isVersion(byte @Nullable [] found, int i, int version) {
    if (version == 0 || version % 2 == 1) {
      return found == null;
    }
    return found != null && Arrays.equals(found, LiveImageWriter.value(i, version));
  }
}
