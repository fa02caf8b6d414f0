// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.benchmarks.subject.SubjectKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CompareTest {
  private static final int ENTRIES = 2_000;

  @TempDir Path directory;

  @Test
  void aChildPutsAndTheNextOneFindsEverything() throws Exception {
    Map<String, Double> put = ChildProcess.run(task(Task.What.PUT));
    Map<String, Double> get = ChildProcess.run(task(Task.What.GET));

    assertThat(put.get("mean us")).isPositive();
    assertThat(get.get("mean us")).isPositive();
    assertThat(get).containsEntry("misses", 0.0).containsEntry("wrong", 0.0);
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).as("the warm-up is gone").hasSize(1);
    }
  }

  @Test
  void aChildThatIsReadyIsKilledAndItsStoreOpened() throws Exception {
    Map<String, Double> put = ChildProcess.run(task(Task.What.PUT_AND_WAIT));
    Map<String, Double> open = ChildProcess.run(task(Task.What.OPEN));

    assertThat(put).containsKey("per second");
    assertThat(open).containsEntry("first was a hit", 1.0).containsEntry("wrong", 0.0);
  }

  private Task task(Task.What what) {
    return new Task(what, SubjectKind.FIRN, directory, ENTRIES, 500, 1, Documents.MIXED, 1);
  }
}
