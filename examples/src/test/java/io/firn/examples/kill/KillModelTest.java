// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KillModelTest {
  private static final int KEY = 42;
  private static final int NOT_INTACT = -1;

  @TempDir Path directory;
  private KillModel model = new KillModel();

  @BeforeEach
  void startAnew() throws Exception {
    model = KillModel.load(directory.resolve("none"));
  }

  private static Operation put(int version) {
    return new Operation(KEY, version, false);
  }

  private static Operation remove(int version) {
    return new Operation(KEY, version, true);
  }

  private void acknowledge(Operation... operations) {
    model.apply(new KillJournal.Content(List.of(operations), List.of()));
  }

  private void begin(Operation operation) {
    model.apply(new KillJournal.Content(List.of(), List.of(operation)));
  }

  @Test
  void unwrittenKeyIsGoneAndAnyValueOfItWrong() {
    assertThat(model.judge(KEY, null)).isEqualTo(KillVerdict.GONE);
    assertThat(model.judge(KEY, 1)).isEqualTo(KillVerdict.WRONG);
  }

  @Test
  void acknowledgedPutIsFoundOrLostOrOlder() {
    acknowledge(put(1), put(2));
    assertThat(model.judge(KEY, 2)).isEqualTo(KillVerdict.FOUND);
    assertThat(model.judge(KEY, null)).isEqualTo(KillVerdict.LOST);
    assertThat(model.judge(KEY, 1)).isEqualTo(KillVerdict.OLDER);
    assertThat(model.judge(KEY, 3)).isEqualTo(KillVerdict.WRONG);
    assertThat(model.judge(KEY, 0)).isEqualTo(KillVerdict.WRONG);
    assertThat(model.judge(KEY, NOT_INTACT)).isEqualTo(KillVerdict.WRONG);
  }

  @Test
  void acknowledgedRemoveIsGoneOrResurrected() {
    acknowledge(put(1), remove(2));
    assertThat(model.judge(KEY, null)).isEqualTo(KillVerdict.GONE);
    assertThat(model.judge(KEY, 1)).isEqualTo(KillVerdict.RESURRECTED);
    assertThat(model.judge(KEY, 2)).isEqualTo(KillVerdict.WRONG);
  }

  @Test
  void putInDoubtMayOrMayNotHaveHappened() {
    acknowledge(put(1));
    begin(put(2));
    assertThat(model.judge(KEY, 2)).isEqualTo(KillVerdict.FOUND);
  }

  @Test
  void putInDoubtThatDidNotHappenMustNotComeLater() {
    acknowledge(put(1));
    begin(put(2));
    assertThat(model.judge(KEY, 1)).isEqualTo(KillVerdict.FOUND);
    assertThat(model.judge(KEY, 2)).isEqualTo(KillVerdict.WRONG);
  }

  @Test
  void putInDoubtThatHappenedMustStay() {
    acknowledge(put(1));
    begin(put(2));
    assertThat(model.judge(KEY, 2)).isEqualTo(KillVerdict.FOUND);
    assertThat(model.judge(KEY, 1)).isEqualTo(KillVerdict.OLDER);
  }

  @Test
  void operationInDoubtDoesNotExcuseTheLossOfTheOneBefore() {
    acknowledge(put(1), put(2));
    begin(put(3));
    assertThat(model.judge(KEY, null)).isEqualTo(KillVerdict.LOST);
  }

  @Test
  void removeInDoubtMayOrMayNotHaveHappened() {
    acknowledge(put(1));
    begin(remove(2));
    assertThat(model.judge(KEY, null)).isEqualTo(KillVerdict.GONE);
    assertThat(model.judge(KEY, 1)).isEqualTo(KillVerdict.RESURRECTED);
  }

  @Test
  void modelComesBackFromItsFile() throws Exception {
    acknowledge(put(1), put(2));
    begin(put(3));
    Path file = directory.resolve("model");
    assertThatThrownBy(() -> model.save(file)).isInstanceOf(IllegalStateException.class);
    assertThat(model.judge(KEY, 2)).isEqualTo(KillVerdict.FOUND);
    model.save(file);
    KillModel loaded = KillModel.load(file);
    assertThat(loaded.judge(KEY, 2)).isEqualTo(KillVerdict.FOUND);
    assertThat(loaded.nextVersion(KEY)).isEqualTo(4);
  }

  @Test
  void faultCountsInOneRoundOnly() {
    acknowledge(put(1), put(2));
    assertThat(model.judge(KEY, null)).isEqualTo(KillVerdict.LOST);
    model.accept(KEY, null);
    assertThat(model.judge(KEY, null)).isEqualTo(KillVerdict.GONE);
    assertThat(model.judge(KEY, 2)).isEqualTo(KillVerdict.WRONG);
  }

  @Test
  void journalThatUsesAVersionTwiceIsRefused() {
    acknowledge(put(1));
    assertThatThrownBy(() -> acknowledge(put(1))).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void everyBitOfAValueCounts() {
    byte[] value = KillValue.of(5, KEY, 9);
    assertThat(KillValue.intactVersion(5, KEY, value)).isEqualTo(9);
    for (int i = 0; i < value.length; i++) {
      byte[] changed = value.clone();
      changed[i] ^= 1;
      assertThat(KillValue.intactVersion(5, KEY, changed)).isEqualTo(NOT_INTACT);
    }
    assertThat(KillValue.intactVersion(5, KEY + 1, value)).isEqualTo(NOT_INTACT);
    assertThat(KillValue.intactVersion(5, KEY, new byte[3])).isEqualTo(NOT_INTACT);
  }
}
