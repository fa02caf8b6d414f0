// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

/**
 * Fuzz tests of every decoder: any bytes give a value or a typed error. Without {@code
 * JAZZER_FUZZ=1} in the environment they run over the seeds in the test resources only.
 */
@Tag("jazzer")
class DecoderFuzzTest {
  @FuzzTest
  void segmentHeader(byte[] bytes) {
    Decoders.segmentHeader(bytes);
  }

  @FuzzTest
  void logSegmentHeader(byte[] bytes) {
    Decoders.logSegmentHeader(bytes);
  }

  @FuzzTest
  void pageHeader(byte[] bytes) {
    Decoders.pageHeader(bytes);
  }

  @FuzzTest
  void slot(byte[] bytes) {
    Decoders.slot(bytes);
  }

  @FuzzTest
  void manifest(byte[] bytes) {
    Decoders.manifest(bytes);
  }

  @FuzzTest
  void record(byte[] bytes) {
    Decoders.record(bytes);
  }

  @FuzzTest
  void frame(byte[] bytes) {
    Decoders.frame(bytes);
  }
}
