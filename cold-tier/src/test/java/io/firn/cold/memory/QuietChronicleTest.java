// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.memory.Memories.ViewKind;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class QuietChronicleTest {
  /** Has the fields of Chronicle's class. */
  static final class Locator {
    static boolean initialised;
    static Object instance = "";
  }

  /** Stands for the service that frees buffers. */
  static final class Service {}

  @BeforeEach
  void forget() {
    Locator.initialised = false;
    Locator.instance = "";
  }

  @Test
  void putsTheServiceInPlace() {
    assertThat(QuietChronicle.prepare(Locator.class.getName(), Service.class.getName())).isTrue();
    assertThat(Locator.initialised).isTrue();
    assertThat(Locator.instance).isInstanceOf(Service.class);
  }

  @Test
  void leavesAHostAloneThatChoseBefore() {
    Locator.initialised = true;
    Locator.instance = "chosen by the host";
    assertThat(QuietChronicle.prepare(Locator.class.getName(), Service.class.getName())).isTrue();
    assertThat(Locator.instance).isEqualTo("chosen by the host");
  }

  @Test
  void doesNothingWhereTheClassesDiffer() {
    assertThat(QuietChronicle.prepare("no.such.Locator", "no.such.Service")).isFalse();
    assertThat(QuietChronicle.prepare(Service.class.getName(), Service.class.getName())).isFalse();
    assertThat(Locator.initialised).isFalse();
  }

  @Test
  void knowsTheChronicleThatIsOnTheClassPath() {
    assertThat(Memories.works(ViewKind.CHRONICLE) ? ChronicleMemory.QUIET : true).isTrue();
  }
}
