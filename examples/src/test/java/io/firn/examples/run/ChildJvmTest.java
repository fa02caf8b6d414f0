// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ChildJvmTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir Path directory;

  /** Ends with the code that it is told, or never. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      if (arguments[0].equals("never")) {
        Files.createFile(Path.of(arguments[1]));
        boolean unused = new CountDownLatch(1).await(LIMIT.toSeconds(), TimeUnit.SECONDS);
      }
      System.exit(Integer.parseInt(arguments[0]));
    }
  }

  @Test
  void exitCodeComesBack() throws Exception {
    try (ChildJvm child = ChildJvm.start(Child.class, List.of("7"))) {
      assertThat(child.hasEndedWithin(LIMIT)).isTrue();
      assertThat(child.exitCode()).isEqualTo(7);
    }
  }

  @Test
  void aChildThatWasToldToEndIsAnInterrupt() throws Exception {
    try (ChildJvm child = ChildJvm.start(Child.class, List.of("130"))) {
      assertThat(child.hasEndedWithin(LIMIT)).isTrue();
      assertThatThrownBy(child::exitCode).isInstanceOf(InterruptedException.class);
    }
  }

  @Test
  void killEndsAChildThatWouldNotEnd() throws Exception {
    Path started = directory.resolve("started");
    try (ChildJvm child = ChildJvm.start(Child.class, List.of("never", started.toString()))) {
      while (!Files.exists(started)) {
        assertThat(child.hasEndedWithin(Duration.ofMillis(5))).isFalse();
      }
      child.kill();
      assertThat(child.exitCode()).isNotZero();
    }
  }

  @Test
  void factsComeBackFromTheirFile() throws Exception {
    Path file = directory.resolve("facts");
    new Facts().set("count", -5).set("text", "ä = b\n c").save(file);
    Facts facts = Facts.load(file);
    assertThat(facts.number("count")).isEqualTo(-5);
    assertThat(facts.text("text")).isEqualTo("ä = b\n c");
    assertThatThrownBy(() -> facts.text("other")).hasMessageContaining("other");
    assertThatThrownBy(() -> facts.number("text")).hasMessageContaining("text");
  }

  @Test
  void workDirectoryIsDeletedUnlessKept() throws Exception {
    Path kept;
    try (WorkDirectory work = WorkDirectory.createIn(directory, true)) {
      kept = work.path();
    }
    assertThat(kept).exists();
    Path deleted;
    try (WorkDirectory work = WorkDirectory.createIn(directory, false)) {
      deleted = work.path();
      Files.createDirectories(deleted.resolve("a/b"));
      Files.write(deleted.resolve("a/b/file"), new byte[10]);
      Files.write(deleted.resolve("file"), new byte[5]);
      assertThat(WorkDirectory.bytesBelow(deleted)).isEqualTo(15);
    }
    assertThat(deleted).doesNotExist();
    assertThat(WorkDirectory.bytesBelow(deleted)).isZero();
  }
}
