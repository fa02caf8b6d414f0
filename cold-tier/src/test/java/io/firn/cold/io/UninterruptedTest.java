// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.model.SteadyThread;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class UninterruptedTest {
  @Test
  void runsElsewhereWithAClearFlagAndKeepsTheCallers() throws IOException {
    Thread.currentThread().interrupt();
    boolean there =
        Uninterrupted.call(
            () -> SteadyThread.isCurrent() && !Thread.currentThread().isInterrupted());
    assertThat(Thread.interrupted()).isTrue();
    assertThat(there).isTrue();
    assertThat(SteadyThread.isCurrent()).isFalse();
  }

  @Test
  void staysOnAThreadThatNobodyInterrupts() throws IOException {
    AtomicReference<Thread> inner = new AtomicReference<>();
    Thread outer =
        Uninterrupted.call(
            () -> {
              Uninterrupted.run(() -> inner.set(Thread.currentThread()));
              return Thread.currentThread();
            });
    assertThat(inner).hasValue(outer);
    assertThat(outer.isDaemon()).isTrue();
  }

  @Test
  void throwsWhatTheCallThrows() {
    IOException planted = new IOException("planted");
    assertThatThrownBy(
            () ->
                Uninterrupted.run(
                    () -> {
                      throw planted;
                    }))
        .isSameAs(planted);
    assertThatThrownBy(
            () ->
                Uninterrupted.run(
                    () -> {
                      throw new IllegalStateException("x");
                    }))
        .isInstanceOf(IllegalStateException.class);
  }
}
