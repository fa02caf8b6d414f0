// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InputTest {
  private static final String TRACE = "b\n\na\nb\r\n c \n";

  @TempDir Path directory;

  @Test
  void plainTraceIsReadInItsOrder() throws Exception {
    checkTrace(new TraceInput(Files.writeString(directory.resolve("t.trace"), TRACE), 7));
  }

  @Test
  void compressedTraceIsReadAlike() throws Exception {
    Path file = directory.resolve("t.trace.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(TRACE.getBytes(UTF_8));
    }
    checkTrace(new TraceInput(file, 7));
  }

  private static void checkTrace(Input input) throws IOException {
    assertThat(input.entries()).extracting(InputEntry::key).containsExactly("b", "a", "c");
    assertThat(IntStream.range(0, input.requestCount()).map(input::request))
        .containsExactly(0, 1, 0, 2);
    assertThat(input.loadsOnMiss()).isTrue();
    byte[] value = input.read(1);
    assertThat(value).isEqualTo(new Documents(7).document("a"));
    assertThat(input.entries().get(1).sizeBytes()).isEqualTo(value.length);
  }

  @Test
  void traceWithoutKeysAndBrokenArchivesAreErrors() throws Exception {
    Path empty = Files.writeString(directory.resolve("empty"), "\n\n");
    Path broken = Files.writeString(directory.resolve("broken.gz"), "no archive");
    assertThatThrownBy(() -> new TraceInput(empty, 1)).isInstanceOf(IOException.class);
    assertThatThrownBy(() -> new TraceInput(broken, 1))
        .isInstanceOf(IOException.class)
        .hasMessageContaining(broken.toString());
  }

  @Test
  void folderGivesAllFilesThatAreNotTooLarge() throws Exception {
    Path nested = Files.createDirectories(directory.resolve("a/b"));
    Files.writeString(nested.resolve("small"), "hello");
    Files.write(directory.resolve("nothing"), new byte[0]);
    Files.write(directory.resolve("large"), new byte[(8 << 20) + 1]);
    Input input = FileTreeInput.of(directory);
    assertThat(input.entries())
        .containsExactlyInAnyOrder(
            new InputEntry(Path.of("a/b/small").toString(), 5), new InputEntry("nothing", 0));
    assertThat(input.totalBytes()).isEqualTo(5);
    assertThat(input.description()).contains("1 left out");
    int small = (input.entries().get(0).sizeBytes() == 5) ? 0 : 1;
    assertThat(input.read(small)).isEqualTo("hello".getBytes(UTF_8));
  }

  @Test
  void aLinkToAFolderGivesItsFiles() throws Exception {
    Path folder = Files.createDirectory(directory.resolve("folder"));
    Files.writeString(folder.resolve("file"), "hello");
    Path link = Files.createSymbolicLink(directory.resolve("link"), folder);
    assertThat(FileTreeInput.of(link).entries()).containsExactly(new InputEntry("file", 5));
  }

  @Test
  void folderWithoutFilesIsAnError() {
    assertThatThrownBy(() -> FileTreeInput.of(directory)).hasMessageContaining("no file");
    assertThatThrownBy(() -> FileTreeInput.of(directory.resolve("missing")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void runningJdkGivesItsClassFiles() throws Exception {
    Input input = FileTreeInput.ofRunningJdk();
    assertThat(input.entries()).hasSizeGreaterThan(5_000);
    assertThat(input.read(0)).startsWith(0xCA, 0xFE, 0xBA, 0xBE);
    assertThat(input.totalBytes()).isBetween(10_000_000L, Input.MAXIMUM_BYTES);
  }

  @Test
  void digestLinesComeBackWhateverTheKeysHold() throws Exception {
    List<DigestFile.Line> lines =
        List.of(
            new DigestFile.Line(DigestFile.digest(new byte[0]), "plain"),
            new DigestFile.Line(DigestFile.digest(new byte[1]), "a \\n b\nc\r\\"),
            new DigestFile.Line(DigestFile.digest(new byte[2]), ""));
    Path file = directory.resolve("digests");
    DigestFile.write(file, lines);
    assertThat(DigestFile.read(file)).isEqualTo(lines);
  }

  @Test
  void digestIsTheSha256OfTheValue() {
    assertThat(DigestFile.digest("abc".getBytes(UTF_8)))
        .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  }

  @Test
  void shortDigestLineIsAnError() throws Exception {
    Path file = Files.writeString(directory.resolve("digests"), "abc\n");
    assertThatThrownBy(() -> DigestFile.read(file)).hasMessageContaining("line 1");
  }
}
