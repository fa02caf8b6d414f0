// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Any bytes give a value or a typed error: random ones, and golden ones with random damage. */
class AnyBytesTest {
  private static final int ROUNDS = 20_000;

  @TestFactory
  Stream<DynamicTest> everyDecoderTakesAnyBytes() {
    return Stream.of(
        test("segment header", Decoders::segmentHeader, GoldenStructures.SEGMENT),
        test("log segment header", Decoders::logSegmentHeader, GoldenStructures.LOG_SEGMENT),
        test("page", Decoders::pageHeader, GoldenStructures.PAGE),
        test("slot", Decoders::slot, GoldenStructures.SLOT),
        test("manifest", Decoders::manifest, GoldenStructures.MANIFEST),
        test("table options", Decoders::tableOptions, GoldenStructures.TABLE_OPTIONS),
        test(
            "record",
            Decoders::record,
            GoldenStructures.RECORD_PLAIN,
            GoldenStructures.RECORD_FULL,
            GoldenStructures.FILLER),
        test(
            "frame",
            Decoders::frame,
            GoldenFrames.TABLE_CREATE,
            GoldenFrames.SEGMENT_STATE,
            GoldenFrames.PAGE_DELTA,
            GoldenFrames.RELOCATE,
            GoldenFrames.JOB_STATE,
            GoldenFrames.CHECKPOINT_END,
            GoldenFrames.TOUCH));
  }

  private static DynamicTest test(String name, Consumer<byte[]> decoder, byte[]... golden) {
    List<byte[]> examples = List.of(golden);
    return DynamicTest.dynamicTest(name, () -> run(decoder, examples));
  }

  private static void run(Consumer<byte[]> decoder, List<byte[]> examples) {
    Random random = new Random(20261121);
    for (int round = 0; round < ROUNDS; round++) {
      byte[] bytes;
      if (round % 4 == 0) {
        bytes = new byte[random.nextInt(200)];
        random.nextBytes(bytes);
      } else {
        byte[] example = examples.get(random.nextInt(examples.size()));
        bytes = Arrays.copyOf(example, Math.max(0, example.length + random.nextInt(9) - 4));
        for (int i = random.nextInt(4); i > 0 && bytes.length > 0; i--) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
      }
      decoder.accept(bytes);
    }
  }
}
