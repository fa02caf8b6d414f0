// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.format.JobEntry;
import io.firn.cold.format.Octets;
import io.firn.cold.model.CorruptStoreException;
import io.firn.cold.model.UnsupportedVersionException;
import io.firn.compaction.JobKind;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The bytes of a job that is kept. */
final class SavedJobTest {
  private static final int ENOUGH = 1 << 16;

  private static SavedJob job(JobKind kind, int files) {
    List<SavedJob.File> all =
        IntStream.range(0, files).mapToObj(i -> new SavedJob.File(i, 1L << i % 60)).toList();
    return new SavedJob(7, 3, kind, 2, 1_700_000_000_000L, 60_000_000_000L, all);
  }

  private static SavedJob decoded(Octets state) {
    return SavedJob.decode(new JobEntry(3, 7, SavedStates.JOB, state));
  }

  private static byte[] bytes(SavedJob job) {
    return job.encode(ENOUGH).toArray();
  }

  @Test
  void whatWasWritten_isRead() {
    for (JobKind kind : List.of(JobKind.FILES, JobKind.EXPIRY)) {
      for (int files : new int[] {0, 1, 100}) {
        SavedJob job = job(kind, files);
        assertThat(decoded(job.encode(ENOUGH))).isEqualTo(job);
      }
    }
  }

  @Test
  void ofALongJob_theFirstFilesAreKept() {
    SavedJob job = job(JobKind.FILES, 100);
    Octets state = job.encode(SavedJob.HEADER_BYTES + 10 * SavedJob.FILE_BYTES + 11);
    assertThat(state.length()).isEqualTo(SavedJob.HEADER_BYTES + 10 * SavedJob.FILE_BYTES);
    assertThat(decoded(state).files()).isEqualTo(job.files().subList(0, 10));
  }

  @Test
  void theNumberOfAttempts_isBounded() {
    SavedJob job = new SavedJob(7, 3, JobKind.FILES, 1_000, 0, 1, List.of());
    assertThat(decoded(job.encode(ENOUGH)).attempts()).isEqualTo(255);
  }

  @Test
  void aNewerVersion_isRefused() {
    byte[] bytes = bytes(job(JobKind.FILES, 1));
    bytes[0] = SavedJob.VERSION + 1;
    assertThatThrownBy(() -> decoded(Octets.of(bytes)))
        .isInstanceOf(UnsupportedVersionException.class)
        .hasMessageContaining("version 2");
  }

  @Test
  void whatIsNotWhole_isRefused() {
    byte[] good = bytes(job(JobKind.FILES, 2));
    for (int length = 0; length < good.length; length++) {
      Octets part = Octets.of(good, 0, length);
      assertThatThrownBy(() -> decoded(part)).isInstanceOf(CorruptStoreException.class);
    }
    for (int at : new int[] {1, 19, 20, 23}) { // kind, timeout, count
      byte[] bad = good.clone();
      bad[at] = (byte) 0x80;
      assertThatThrownBy(() -> decoded(Octets.of(bad)))
          .as("byte %d", at)
          .isInstanceOf(CorruptStoreException.class);
    }
    byte[] noKind = good.clone();
    noKind[1] = 0;
    assertThatThrownBy(() -> decoded(Octets.of(noKind))).isInstanceOf(CorruptStoreException.class);
  }
}
