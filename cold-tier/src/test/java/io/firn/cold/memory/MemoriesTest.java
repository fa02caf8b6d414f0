// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.memory.Memories.ViewKind;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MemoriesTest {
  @Test
  void countsWhatIsAllocatedAndNotClosed() {
    long before = Memories.allocatedBytes();
    Memory memory = Memories.allocate(12_345);
    assertThat(Memories.allocatedBytes()).isEqualTo(before + 12_345);
    assertThat(memory.size()).isEqualTo(12_345);
    memory.setLong(12_337, 9);
    assertThat(memory.getLong(12_337)).isEqualTo(9);
    memory.close();
    memory.close();
    assertThat(Memories.allocatedBytes()).isEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(longs = {Long.MIN_VALUE, -1, 0, 1L << 31, Long.MAX_VALUE})
  void refusesImpossibleSizes(long bytes) {
    assertThatThrownBy(() -> Memories.allocate(bytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Long.toString(bytes));
  }

  @Test
  void wrapsADirectBufferAndLeavesItToItsOwner() {
    ByteBuffer buffer = ByteBuffer.allocateDirect(64);
    long before = Memories.allocatedBytes();
    Memory memory = Memories.wrap(buffer);
    memory.setInt(4, 0x04030201);
    memory.close();
    assertThat(Memories.allocatedBytes()).isEqualTo(before);
    assertThat(buffer.get(4)).isEqualTo((byte) 1);
  }

  @Test
  void refusesBuffersThatItCannotView() {
    assertThatThrownBy(() -> Memories.wrap(ByteBuffer.allocate(64)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Memories.wrap(ByteBuffer.allocateDirect(0)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Memories.wrap(ByteBuffer.allocateDirect(64).position(1).slice()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void choosesByPropertyAndJdk() {
    assertThat(Memories.choose("jdk", 17)).isEqualTo(ViewKind.JDK);
    assertThat(Memories.choose("chronicle", 25)).isEqualTo(ViewKind.CHRONICLE);
    assertThat(Memories.choose("auto", 24)).isEqualTo(ViewKind.JDK);
    assertThat(Memories.choose("auto", 17))
        .isEqualTo(Memories.works(ViewKind.CHRONICLE) ? ViewKind.CHRONICLE : ViewKind.JDK);
    assertThatThrownBy(() -> Memories.choose("fast", 17))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("fast");
    assertThat(Memories.viewKind()).isIn("chronicle", "jdk");
  }
}
