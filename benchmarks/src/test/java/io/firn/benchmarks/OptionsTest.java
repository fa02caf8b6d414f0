// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.benchmarks.subject.SubjectKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class OptionsTest {
  @Test
  void withoutArgumentsAllSubjectsPutAndGet() {
    Options options = Options.parse(new String[0]);

    assertThat(options.subjects()).containsExactly(SubjectKind.values());
    assertThat(options.measures()).containsExactly(Measure.PUT, Measure.GET);
    assertThat(options.rounds()).isEqualTo(5);
    assertThat(options.entries()).isEqualTo(300_000);
  }

  @Test
  void listsAreSeparatedByCommas() {
    Options options =
        Options.parse(new String[] {"--subjects", "rocksdb-blob,lmdb", "--what", "open,kill"});

    assertThat(options.subjects()).containsExactly(SubjectKind.ROCKSDB_BLOB, SubjectKind.LMDB);
    assertThat(options.measures()).containsExactly(Measure.OPEN, Measure.KILL);
  }

  @Test
  void aMistypedOptionOrSubjectIsNamed() {
    assertThatThrownBy(() -> Options.parse(new String[] {"--entires", "5"}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--entires");
    assertThatThrownBy(() -> Options.parse(new String[] {"--subjects", "rockdb"}))
        .hasMessageContaining("rockdb");
    assertThatThrownBy(() -> Options.parse(new String[] {"--entries"}))
        .hasMessageContaining("--entries has no value");
  }

  @Test
  void aTaskArrivesInTheOtherProcessAsItWasSent() {
    Task task =
        new Task(Task.What.OPEN, SubjectKind.CHRONICLE, Path.of("work"), 300_000, 1_000, 2, 32, 7);

    assertThat(Task.parse(task.toArguments().toArray(new String[0]))).isEqualTo(task);
  }
}
