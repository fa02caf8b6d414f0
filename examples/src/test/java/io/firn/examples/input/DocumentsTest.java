// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.input;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class DocumentsTest {
  private static final int SAMPLES = 20_000;
  private final Documents documents = new Documents(1);

  @Test
  void sizesAreLogNormalWithTheStatedMedianAndMean() {
    int[] sizes =
        IntStream.range(0, SAMPLES).map(i -> documents.sizeBytes("key" + i)).sorted().toArray();
    assertThat(sizes[SAMPLES / 2]).isBetween(280, 320);
    assertThat(IntStream.of(sizes).average().orElseThrow()).isBetween(800.0, 1_200.0);
    assertThat(sizes[0]).isGreaterThanOrEqualTo(Documents.MINIMUM_BYTES);
    assertThat(sizes[SAMPLES - 1]).isLessThanOrEqualTo(Documents.MAXIMUM_BYTES);
  }

  @Test
  void documentHasTheStatedSizeAndLooksLikeJson() {
    for (int i = 0; i < 500; i++) {
      String key = "key" + i;
      byte[] document = documents.document(key);
      assertThat(document).hasSize(documents.sizeBytes(key));
      assertThat(new String(document, StandardCharsets.US_ASCII))
          .startsWith("{\"id\":\"")
          .endsWith("\"}");
    }
  }

  @Test
  void seedAndKeyDecideTheDocument() {
    assertThat(documents.document("a")).isEqualTo(new Documents(1).document("a"));
    assertThat(documents.document("a")).isNotEqualTo(documents.document("b"));
    assertThat(documents.document("a")).isNotEqualTo(new Documents(2).document("a"));
  }
}
