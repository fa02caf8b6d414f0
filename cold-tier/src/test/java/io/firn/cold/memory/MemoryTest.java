// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.memory.Memories.ViewKind;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The contract of {@link Memory}, for every kind of view that works on the running JDK. */
class MemoryTest {
  private static final int SIZE = 128;

  static Stream<ViewKind> kinds() {
    return Stream.of(ViewKind.values()).filter(Memories::works);
  }

  private static Memory memory(ViewKind kind) {
    return kind.view(ByteBuffer.allocateDirect(SIZE), () -> {});
  }

  @Test
  void bothKindsWorkWhereTheyAreChosen() {
    assertThat(kinds()).contains(ViewKind.JDK);
    assertThat(Memories.works(ViewKind.CHRONICLE) || Runtime.version().feature() > 23).isTrue();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void startsZeroedAndKnowsItsSize(ViewKind kind) {
    try (Memory memory = memory(kind)) {
      assertThat(memory.size()).isEqualTo(SIZE);
      for (int i = 0; i < SIZE; i += 8) {
        assertThat(memory.getLong(i)).isZero();
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void readsBackEveryKindOfWrite(ViewKind kind) {
    try (Memory memory = memory(kind)) {
      memory.setLong(3, 0x1122334455667788L);
      memory.setLongRelease(16, -2);
      memory.setInt(29, 0xCAFEBABE);
      memory.setIntRelease(36, 77);

      assertThat(memory.getLong(3)).isEqualTo(0x1122334455667788L);
      assertThat(memory.getLongAcquire(16)).isEqualTo(-2);
      assertThat(memory.getLongVolatile(16)).isEqualTo(-2);
      assertThat(memory.getInt(29)).isEqualTo(0xCAFEBABE);
      assertThat(memory.getIntAcquire(36)).isEqualTo(77);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void isLittleEndian(ViewKind kind) {
    try (Memory memory = memory(kind)) {
      memory.setLong(0, 0x0807060504030201L);
      memory.setInt(8, 0x0C0B0A09);
      byte[] bytes = new byte[12];
      memory.get(0, bytes, 0, 12);
      assertThat(bytes).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void comparesBeforeItSets(ViewKind kind) {
    try (Memory memory = memory(kind)) {
      assertThat(memory.compareAndSetLong(SIZE - 8, 0, 5)).isTrue();
      assertThat(memory.compareAndSetLong(SIZE - 8, 0, 6)).isFalse();
      assertThat(memory.getLong(SIZE - 8)).isEqualTo(5);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void losesNoIncrementOfTwoThreads(ViewKind kind) throws InterruptedException {
    try (Memory memory = memory(kind)) {
      Runnable increments = () -> increment(memory, 50_000);
      Thread other = new Thread(increments);
      other.start();
      increments.run();
      other.join();
      assertThat(memory.getLongVolatile(8)).isEqualTo(100_000);
    }
  }

  private static void increment(Memory memory, int times) {
    for (int i = 0; i < times; i++) {
      long before = memory.getLongVolatile(8);
      while (!memory.compareAndSetLong(8, before, before + 1)) {
        before = memory.getLongVolatile(8);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void behavesLikeAnArrayUnderRandomCopies(ViewKind kind) {
    Random random = new Random(7);
    byte[] model = new byte[SIZE];
    try (Memory memory = memory(kind)) {
      for (int i = 0; i < 2_000; i++) {
        int length = random.nextInt(SIZE + 1);
        int from = random.nextInt(SIZE - length + 1);
        int to = random.nextInt(SIZE - length + 1);
        byte[] bytes = new byte[length + 3];
        random.nextBytes(bytes);
        switch (random.nextInt(3)) {
          case 0 -> {
            memory.put(to, bytes, 2, length);
            System.arraycopy(bytes, 2, model, to, length);
          }
          case 1 -> {
            memory.copy(from, to, length);
            System.arraycopy(model, from, model, to, length);
          }
          default -> {
            memory.zero(to, length / 4);
            Arrays.fill(model, to, to + length / 4, (byte) 0);
          }
        }
        byte[] seen = new byte[SIZE];
        memory.get(0, seen, 0, SIZE);
        assertThat(seen).isEqualTo(model);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void zeroesRangesLargerThanItsSource(ViewKind kind) {
    try (Memory memory = kind.view(ByteBuffer.allocateDirect(10_000), () -> {})) {
      byte[] ones = new byte[10_000];
      Arrays.fill(ones, (byte) 1);
      memory.put(0, ones, 0, ones.length);
      memory.zero(1, 9_998);
      byte[] seen = new byte[10_000];
      memory.get(0, seen, 0, seen.length);
      Arrays.fill(ones, 1, 9_999, (byte) 0);
      assertThat(seen).isEqualTo(ones);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void refusesEveryAccessOutside(ViewKind kind) {
    byte[] bytes = new byte[16];
    try (Memory memory = memory(kind)) {
      for (long position : new long[] {-8, SIZE, SIZE + 8, 1L << 32, Long.MIN_VALUE}) {
        assertOutside(() -> memory.getLong(position));
        assertOutside(() -> memory.setLong(position, 1));
        assertOutside(() -> memory.getLongAcquire(position));
        assertOutside(() -> memory.setLongRelease(position, 1));
        assertOutside(() -> memory.getLongVolatile(position));
        assertOutside(() -> memory.compareAndSetLong(position, 0, 1));
        assertOutside(() -> memory.getInt(position));
        assertOutside(() -> memory.setInt(position, 1));
        assertOutside(() -> memory.getIntAcquire(position));
        assertOutside(() -> memory.setIntRelease(position, 1));
        assertOutside(() -> memory.get(position, bytes, 0, 1));
        assertOutside(() -> memory.put(position, bytes, 0, 1));
        assertOutside(() -> memory.zero(position, 1));
        assertOutside(() -> memory.copy(position, 0, 1));
        assertOutside(() -> memory.copy(0, position, 1));
      }
      assertOutside(() -> memory.getLong(SIZE - 7));
      assertOutside(() -> memory.getInt(SIZE - 3));
      assertOutside(() -> memory.get(SIZE - 1, bytes, 0, 2));
      assertOutside(() -> memory.get(0, bytes, 15, 2));
      assertOutside(() -> memory.put(0, bytes, 15, 2));
      assertOutside(() -> memory.zero(0, -1));
    }
  }

  private static void assertOutside(ThrowingCallable access) {
    assertThatThrownBy(access).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void refusesOrderedAccessThatIsMisaligned(ViewKind kind) {
    try (Memory memory = memory(kind)) {
      assertMisaligned(() -> memory.getLongAcquire(4));
      assertMisaligned(() -> memory.setLongRelease(4, 1));
      assertMisaligned(() -> memory.getLongVolatile(1));
      assertMisaligned(() -> memory.compareAndSetLong(4, 0, 1));
      assertMisaligned(() -> memory.getIntAcquire(2));
      assertMisaligned(() -> memory.setIntRelease(3, 1));
    }
  }

  private static void assertMisaligned(ThrowingCallable access) {
    assertThatThrownBy(access)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("multiple");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void releasesOnceAndRefusesEverythingAfterwards(ViewKind kind) {
    AtomicInteger releases = new AtomicInteger();
    Memory memory = kind.view(ByteBuffer.allocateDirect(SIZE), releases::incrementAndGet);
    memory.close();
    memory.close();
    assertThat(releases).hasValue(1);
    assertThat(memory.size()).isZero();
    assertOutside(() -> memory.getLong(0));
    assertOutside(() -> memory.copy(0, 8, 8));
    assertOutside(() -> memory.get(0, new byte[1], 0, 1));
  }
}
