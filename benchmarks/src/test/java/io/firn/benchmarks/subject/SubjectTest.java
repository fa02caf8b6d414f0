// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.subject;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SubjectTest {
  private static final int ENTRIES = 300;
  private static final Set<SubjectKind> WITHOUT_REMOVE =
      EnumSet.of(SubjectKind.PWRITE, SubjectKind.COPY);

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void givesBackWhatWasPutBeforeAndAfterItIsReopened(SubjectKind kind) {
    Subject subject = kind.create();
    subject.open(directory, ENTRIES);
    for (int i = 0; i < ENTRIES; i++) {
      subject.put(key(i), value(i));
    }
    assertHoldsAll(subject);
    subject.close();

    subject.open(directory, ENTRIES);
    assertHoldsAll(subject);
    assertThat(subject.get(key(ENTRIES))).as("an absent key").isNull();
    if (!WITHOUT_REMOVE.contains(kind)) {
      subject.remove(key(7));
      assertThat(subject.get(key(7))).as("a removed key").isNull();
      assertThat(subject.get(key(8))).as("its neighbour").isEqualTo(value(8));
    }
    subject.close();
  }

  private static void assertHoldsAll(Subject subject) {
    for (int i = 0; i < ENTRIES; i++) {
      assertThat(subject.get(key(i))).as("entry %d", i).isEqualTo(value(i));
    }
  }

  private static byte[] key(int number) {
    return "key:%017d".formatted(number * 7919L % 10_007).getBytes(UTF_8);
  }

  /** From a few bytes to more than a page of any of the stores. */
  private static byte[] value(int number) {
    byte[] value = new byte[8 + number * number / 10];
    Arrays.fill(value, (byte) number);
    return value;
  }
}
