// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keeps {@code docs/storage.md} and the code's constants the same. */
class StorageDocumentTest {
  private static final String REWRITE = "firn.docs.rewrite";
  private static final Path DOCUMENT =
      Path.of(System.getProperty("basedir", "."), "..", "docs", "storage.md");

  @Test
  void theDocumentDrawsTheStructuresAsTheCodeHasThem() throws IOException {
    String document = Files.readString(DOCUMENT);
    String regenerated = StorageDocument.regenerated(document);
    if (Boolean.getBoolean(REWRITE)) {
      Files.writeString(DOCUMENT, regenerated);
      return;
    }

    assertThat(document)
        .as(
            "docs/storage.md is out of date. Run: mvn -pl cold-tier test"
                + " -Dtest=StorageDocumentTest -D%s=true",
            REWRITE)
        .isEqualTo(regenerated);
  }

  @ParameterizedTest
  @EnumSource(FrameType.class)
  void theDocumentHasARedoRuleForEveryFrameType(FrameType type) throws IOException {
    String rules = Files.readString(DOCUMENT).split("## Redo", -1)[1].split("\n## ", -1)[0];

    assertThat(rules).contains("`" + StorageDocument.title(type) + "`");
  }

  @Test
  void fieldsFollowOneAnotherWithoutGaps() {
    List<List<Field>> layouts = new ArrayList<>(StorageDocument.structures().values());
    for (List<Field> layout : layouts) {
      checkOffsets(layout, 0);
    }
    for (FrameType type : FrameType.values()) {
      checkOffsets(type.payload(), Frames.HEADER_BYTES);
    }
  }

  private static void checkOffsets(List<Field> layout, int start) {
    int at = start;
    for (Field field : layout) {
      assertThat(field.offset()).as(field.name()).isEqualTo(at);
      boolean known = at != Field.FOLLOWS && field.bytes() != Field.VARIABLE;
      at = known ? at + field.bytes() : Field.FOLLOWS;
    }
  }

  @Test
  void headersHaveTheSizesThatTheFormatGives() {
    assertThat(size(SegmentHeader.LAYOUT)).isEqualTo(64);
    assertThat(size(PageHeader.LAYOUT)).isEqualTo(32);
    assertThat(size(LogSegmentHeader.LAYOUT)).isEqualTo(64);
    assertThat(size(Frames.HEADER_LAYOUT)).isEqualTo(16);
    assertThat(size(SlotHeader.LAYOUT)).isEqualTo(64);
    assertThat(size(SlotHeader.ENTRY_LAYOUT)).isEqualTo(16);
    assertThat(size(ManifestCodec.HEADER_LAYOUT)).isEqualTo(32);
    assertThat(size(RecordFormat.PRELUDE_LAYOUT)).isEqualTo(34);
  }

  private static int size(List<Field> layout) {
    return layout.stream().mapToInt(Field::bytes).sum();
  }

  @Test
  void aMarkWithoutAStructureAndAStructureWithoutAMarkAreErrors() {
    String unknown = "<!-- begin nothing -->\n<!-- end nothing -->";

    assertThatThrownBy(() -> StorageDocument.regenerated(unknown)).hasMessageContaining("nothing");
    assertThatThrownBy(() -> StorageDocument.regenerated("no marks"))
        .hasMessageContaining("page-header");
  }

  @Test
  void drawsRowsOfEightBytes() {
    List<Field> layout =
        List.of(
            new Field("magic", 0, 4, "m"),
            new Field("long", 4, 8, "l"),
            new Field("firstRecordOffset", 12, 1, "f"),
            new Field("rest", 13, Field.VARIABLE, "r"));

    assertThat(StorageDocument.picture(layout))
        .isEqualTo(
            """
            ```
                 0       1       2       3       4       5       6       7
              0 |magic                          |long                           |
              8 |"                              |firstR…|
            ```

            """);
    assertThat(StorageDocument.table(layout)).contains("| 13 | n | `rest` | r |\n");
  }
}
