// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IoErrorsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "No space left on device",
        "There is not enough space on the disk",
        "Disk quota exceeded"
      })
  void aFullDiskHasATypeOfItsOwn(String message) {
    IOException cause = new IOException(message);
    assertThat(IoErrors.named("/a/b", cause))
        .isInstanceOf(DiskFullIoException.class)
        .hasMessageContaining("/a/b")
        .hasCause(cause);
    assertThat(IoErrors.named("/a/b", new FileSystemException("/a/b", null, message)))
        .isInstanceOf(DiskFullIoException.class);
  }

  @Test
  void otherFailuresNameTheFile() {
    assertThat(IoErrors.named("/a/b", new IOException("Input/output error")))
        .hasMessage("/a/b: Input/output error");
    assertThat(IoErrors.named("/a/b", new IOException())).hasMessage("/a/b: null");
  }

  @Test
  void whatIsClearAlreadyStaysAsItIs() {
    for (IOException clear :
        new IOException[] {
          new EOFException("end"),
          new NoSuchFileException("/a/b"),
          new LockHeldException("/a/b", "me"),
          new DiskFullIoException("full", null),
          new IOException("/a/b is closed")
        }) {
      assertThat(IoErrors.named("/a/b", clear)).isSameAs(clear);
    }
  }

  @Test
  void everyFailureBecomesAnIoException() {
    IOException io = new IOException("io");
    assertThat(IoErrors.translated(io)).isSameAs(io);
    assertThat(IoErrors.translated(new UncheckedIOException(io))).isSameAs(io);
    assertThat(IoErrors.translated(new IllegalStateException("x")))
        .hasMessageContaining("IllegalStateException: x");
  }

  @Test
  void uncheckedFailuresAreThrownOn() {
    assertThatThrownBy(() -> IoErrors.rethrown(new IllegalStateException("x")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> IoErrors.rethrown(new AssertionError("x")))
        .isInstanceOf(AssertionError.class);
    assertThat(IoErrors.rethrown(new InterruptedException("x")))
        .hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  @Tag("linux")
  void theKernelsAnswerIsUnderstood() throws IOException {
    try (DiskFile full = NioDisk.open(Path.of("/dev")).open("full", Disk.OpenMode.WRITE)) {
      assertThatThrownBy(() -> full.write(0, new byte[10], 0, 10))
          .isInstanceOf(DiskFullIoException.class)
          .hasMessageContaining("/dev/full");
    }
  }
}
