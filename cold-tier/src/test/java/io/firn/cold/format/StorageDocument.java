// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Draws the structures on disk from the constants of the code, and puts the drawings between the
 * marks {@code <!-- begin NAME -->} and {@code <!-- end NAME -->} of a document.
 */
final class StorageDocument {
  private static final int ROW_BYTES = 8;
  private static final int CELL = 8;
  private static final Pattern MARKED =
      Pattern.compile("<!-- begin ([a-z-]+) -->\n.*?<!-- end \\1 -->", Pattern.DOTALL);

  private StorageDocument() {}

  /** Returns all structures, by the name of their mark. */
  static Map<String, List<Field>> structures() {
    Map<String, List<Field>> all = new LinkedHashMap<>();
    all.put("segment-header", SegmentHeader.LAYOUT);
    all.put("page-header", PageHeader.LAYOUT);
    all.put("record", RecordFormat.LAYOUT);
    all.put("record-prelude", RecordFormat.PRELUDE_LAYOUT);
    all.put("filler-prelude", RecordFormat.FILLER_PRELUDE_LAYOUT);
    all.put("log-segment-header", LogSegmentHeader.LAYOUT);
    all.put("frame-header", Frames.HEADER_LAYOUT);
    all.put("slot-header", SlotHeader.LAYOUT);
    all.put("slot-entry", SlotHeader.ENTRY_LAYOUT);
    all.put("manifest-header", ManifestCodec.HEADER_LAYOUT);
    all.put("manifest-payload", ManifestCodec.PAYLOAD_LAYOUT);
    all.put("manifest-table", ManifestCodec.TABLE_LAYOUT);
    all.put("table-options", TableFormats.LAYOUT);
    all.put("manifest-segment", ManifestCodec.SEGMENT_LAYOUT);
    all.put("manifest-slot", ManifestCodec.SLOT_LAYOUT);
    return all;
  }

  /** Returns the document with every marked part drawn again. */
  static String regenerated(String document) {
    Map<String, String> parts = new LinkedHashMap<>();
    structures().forEach((name, layout) -> parts.put(name, picture(layout) + table(layout)));
    parts.put("frame-types", frameTypes());
    Set<String> missing = new TreeSet<>(parts.keySet());
    Matcher matcher = MARKED.matcher(document);
    StringBuilder result = new StringBuilder();
    while (matcher.find()) {
      String name = matcher.group(1);
      String part = parts.get(name);
      if (part == null) {
        throw new IllegalStateException("the document marks a place for \"" + name + "\"");
      }
      missing.remove(name);
      String text = "<!-- begin " + name + " -->\n" + part + "<!-- end " + name + " -->";
      matcher.appendReplacement(result, Matcher.quoteReplacement(text));
    }
    matcher.appendTail(result);
    if (!missing.isEmpty()) {
      throw new IllegalStateException("the document has no place for " + missing);
    }
    return result.toString();
  }

  /** Draws the fields of known place, eight bytes a row; nothing for fewer than two rows. */
  static String picture(List<Field> layout) {
    List<Field> fixed = new ArrayList<>();
    int end = 0;
    for (Field field : layout) {
      if (field.offset() != Field.FOLLOWS && field.bytes() != Field.VARIABLE) {
        fixed.add(field);
        end = field.offset() + field.bytes();
      }
    }
    String[] owner = new String[end];
    boolean[] starts = new boolean[end + 1];
    for (Field field : fixed) {
      starts[field.offset()] = true;
      for (int at = field.offset(); at < field.offset() + field.bytes(); at++) {
        owner[at] = field.name();
      }
    }
    StringBuilder text = new StringBuilder("```\n");
    text.append("     ");
    for (int column = 0; column < ROW_BYTES; column++) {
      text.append(String.format("%-" + CELL + "s", column));
    }
    text.setLength(text.toString().stripTrailing().length());
    text.append('\n');
    for (int row = 0; row < end; row += ROW_BYTES) {
      text.append(row(owner, starts, row));
    }
    return text.append("```\n\n").toString();
  }

  private static String row(String[] owner, boolean[] starts, int row) {
    StringBuilder text = new StringBuilder(String.format("%3d ", row));
    int end = Math.min(row + ROW_BYTES, owner.length);
    for (int at = row; at < end; ) {
      int next = at + 1;
      while (next < end && !starts[next]) {
        next++;
      }
      int width = (next - at) * CELL - 1;
      String name = starts[at] ? owner[at] : "\"";
      String label = name.length() > width ? name.substring(0, width - 1) + "…" : name;
      text.append('|').append(label).append(" ".repeat(width - label.length()));
      at = next;
    }
    return text.append("|\n").toString();
  }

  static String table(List<Field> layout) {
    StringBuilder text =
        new StringBuilder("| offset | bytes | field | meaning |\n|---|---|---|---|\n");
    for (Field field : layout) {
      text.append("| ")
          .append(field.offset() == Field.FOLLOWS ? "…" : field.offset())
          .append(" | ")
          .append(field.bytes() == Field.VARIABLE ? "n" : field.bytes())
          .append(" | `")
          .append(field.name())
          .append("` | ")
          .append(field.meaning())
          .append(" |\n");
    }
    return text.toString();
  }

  private static String frameTypes() {
    StringBuilder text =
        new StringBuilder(
            "| code | type | in a batch | payload, from byte 16 |\n|---|---|---|---|\n");
    for (FrameType type : FrameType.values()) {
      List<String> fields =
          type.payload().stream()
              .map(
                  field ->
                      (field.offset() == Field.FOLLOWS ? "…" : field.offset())
                          + " `"
                          + field.name()
                          + "` "
                          + field.meaning())
              .toList();
      text.append("| ")
          .append(type.code())
          .append(" | `")
          .append(title(type))
          .append("` | ")
          .append(type.mayBeInBatch() ? "yes" : "")
          .append(" | ")
          .append(fields.isEmpty() ? "none" : String.join("<br>", fields))
          .append(" |\n");
    }
    return text.toString();
  }

  /** Returns the name of a type as the documents write it. */
  static String title(FrameType type) {
    StringBuilder title = new StringBuilder();
    for (String word : type.name().split("_", -1)) {
      title.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
    }
    return title.toString();
  }
}
