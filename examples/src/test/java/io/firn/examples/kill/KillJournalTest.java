// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.kill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KillJournalTest {
  private static final Operation FIRST = new Operation(7, 1, false);
  private static final Operation SECOND = new Operation(11, 1, true);
  private static final Operation THIRD = new Operation(7, 2, false);

  @TempDir Path directory;
  private Path file = Path.of("");

  @BeforeEach
  void nameFile() {
    file = directory.resolve("journal");
  }

  private void write(boolean ends, Operation... operations) throws IOException {
    try (KillJournal journal = KillJournal.create(file)) {
      for (Operation operation : operations) {
        journal.announce(operation);
      }
      if (ends) {
        journal.end();
      }
    }
  }

  @Test
  void lastAnnouncedOperationIsInDoubt() throws Exception {
    write(false, FIRST, SECOND, THIRD);
    assertThat(KillJournal.read(file))
        .isEqualTo(new KillJournal.Content(List.of(FIRST, SECOND), List.of(THIRD)));
  }

  @Test
  void endAcknowledgesTheLastOperation() throws Exception {
    write(true, FIRST, SECOND);
    assertThat(KillJournal.read(file))
        .isEqualTo(new KillJournal.Content(List.of(FIRST, SECOND), List.of()));
  }

  @Test
  void emptyJournalSaysNothing() throws Exception {
    write(false);
    assertThat(KillJournal.read(file)).isEqualTo(new KillJournal.Content(List.of(), List.of()));
  }

  @Test
  void cutEntryWasNotAnnounced() throws Exception {
    write(false, FIRST, SECOND);
    byte[] bytes = Files.readAllBytes(file);
    for (int cut = 1; cut < KillJournal.ENTRY_BYTES; cut++) {
      Files.write(file, Arrays.copyOf(bytes, bytes.length - cut));
      assertThat(KillJournal.read(file))
          .isEqualTo(new KillJournal.Content(List.of(), List.of(FIRST)));
    }
  }

  @Test
  void everyChangedByteIsNoticed() throws Exception {
    write(true, FIRST, SECOND);
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i < bytes.length; i++) {
      byte[] changed = bytes.clone();
      changed[i] ^= 0x10;
      Files.write(file, changed);
      assertThatThrownBy(() -> KillJournal.read(file)).hasMessageContaining("damaged");
    }
  }
}
