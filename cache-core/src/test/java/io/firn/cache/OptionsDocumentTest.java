// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.ColdTable;
import io.firn.cold.io.Crc32c;
import io.firn.cold.io.NioDisk;
import io.firn.cold.memory.Memories;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collector;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Holds {@code docs/options.md} to the options of the code: their names, types, defaults, ranges.
 */
final class OptionsDocumentTest {
  private static final Path DOCUMENT = Path.of("..", "docs", "options.md");
  private static final String STORE = "## The store";
  private static final String MODES = "### Durability";
  private static final String CACHE = "## A cache";
  private static final String PROPERTIES = "## System properties";

  /** One line of a table: what the option is called, and its cells by the table's header. */
  private record Row(String name, Map<String, String> cells) {
    String cell(String column) {
      return cells.getOrDefault(column, "no column " + column);
    }
  }

  private String text = "";

  @BeforeEach
  void readDocument() throws IOException {
    text = Files.readString(DOCUMENT);
  }

  /** Returns the rows of the first table after {@code heading}. */
  private Map<String, Row> table(String heading) {
    List<String> lines =
        text.substring(text.indexOf(heading))
            .lines()
            .dropWhile(line -> !line.startsWith("|"))
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    List<String> header = cells(lines.get(0));
    Map<String, Row> rows = new LinkedHashMap<>();
    for (String line : lines.subList(2, lines.size())) {
      List<String> cells = cells(line);
      assertThat(cells).as("cells of %s", line).hasSameSizeAs(header);
      Map<String, String> named = new LinkedHashMap<>();
      for (int i = 0; i < cells.size(); i++) {
        named.put(header.get(i), cells.get(i));
      }
      for (String name : cells.get(0).split(",", -1)) {
        rows.put(plain(name), new Row(plain(name), named));
      }
    }
    return rows;
  }

  private static List<String> cells(String line) {
    String[] parts = line.split("\\|", -1);
    return Stream.of(parts).skip(1).limit(parts.length - 2L).map(String::strip).toList();
  }

  private static String plain(String name) {
    return name.replace("`", "").replaceAll("\\(.*\\)", "").strip();
  }

  private static Set<String> setters(Class<?> builder) {
    return Arrays.stream(builder.getMethods())
        .filter(method -> method.getReturnType() == builder)
        .map(Method::getName)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void assertTypes(Class<?> builder, Map<String, Row> rows) {
    for (Method method : builder.getMethods()) {
      Row row = rows.get(method.getName());
      if (method.getReturnType() == builder && row != null) {
        for (Class<?> type : method.getParameterTypes()) {
          assertThat(row.cell("type")).as(method.getName()).contains(type.getSimpleName());
        }
      }
    }
  }

  private static String bytes(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    int unit = Long.numberOfTrailingZeros(bytes) / 10;
    return (bytes >>> (10 * unit)) + " " + units[unit];
  }

  private static String power(long number) {
    assertThat(Long.bitCount(number)).isEqualTo(1);
    return "2^" + Long.numberOfTrailingZeros(number);
  }

  private static String names(Object[] constants) {
    return Stream.of(constants).map(constant -> "`" + constant + "`").collect(joined());
  }

  private static Collector<CharSequence, ?, String> joined() {
    return Collectors.joining(", ");
  }

  @Test
  void everyOptionOfTheStoreIsListedWithItsTypes() {
    Map<String, Row> rows = table(STORE);
    Set<String> expected = setters(FirnBuilder.class);
    expected.add("in");
    assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(expected);
    assertTypes(FirnBuilder.class, rows);
  }

  @Test
  void everyOptionOfACacheIsListedWithItsTypes() {
    Map<String, Row> rows = table(CACHE);
    Set<String> expected = setters(TieredCacheBuilder.class);
    expected.addAll(Set.of("name", "keys", "values"));
    assertThat(rows.keySet()).containsExactlyInAnyOrderElementsOf(expected);
    assertTypes(TieredCacheBuilder.class, rows);
  }

  private static void assertRow(
      Map<String, Row> rows, String name, String byDefault, String range) {
    Row row = rows.get(name);
    assertThat(row).as(name).isNotNull();
    if (row != null) {
      assertThat(row.cell("default")).as("default of %s", name).startsWith(byDefault);
      assertThat(row.cell("range")).as("range of %s", name).startsWith(range);
    }
  }

  @Test
  void defaultsAndRangesOfTheStoreAreThoseOfTheCode() {
    Map<String, Row> rows = table(STORE);
    String diskBytes =
        bytes(FirnBuilder.MINIMUM_DISK_BYTES) + " to " + bytes(FirnBuilder.MAXIMUM_DISK_BYTES);
    assertRow(rows, "maximumDiskBytes", "10 GiB, or half of the free space", diskBytes);
    String valueBytes = "1 B to " + bytes(FirnBuilder.MAXIMUM_VALUE_BYTES);
    String defaultBytes = bytes(FirnBuilder.DEFAULT_VALUE_BYTES);
    assertRow(rows, "maximumValueBytes", defaultBytes, valueBytes);
    assertThat(text).contains("an encoded key has at most " + bytes(ColdTable.maximumKeyBytes()));
    assertRow(rows, "ifLocked", "0", "0 to " + FirnBuilder.MAXIMUM_LOCK_WAIT.toHours() + " h");
    assertRow(rows, "ifDamaged", "what verifies is kept", names(IfDamaged.values()));
    assertRow(rows, "ifNewer", "`FAIL`", names(IfNewer.values()));
    String modes =
        Arrays.stream(Durability.class.getMethods())
            .filter(method -> Modifier.isStatic(method.getModifiers()))
            .map(
                method ->
                    "`"
                        + method.getName()
                        + (method.getParameterCount() == 0 ? "()`" : "(interval)`"))
            .sorted((a, b) -> order(a) - order(b))
            .collect(joined());
    assertRow(rows, "durability", "`async(100 ms)`", modes);
    assertThat(Durability.DEFAULT).hasToString(Durability.async(Duration.ofMillis(100)).toString());
  }

  /** The document goes from the weakest mode to the strongest. */
  private static int order(String mode) {
    return List.of("`none()`", "`async(interval)`", "`sync()`").indexOf(mode);
  }

  @Test
  void theIntervalIsThatOfTheCode() {
    Row row = table(MODES).get("Durability.async");
    assertThat(row).isNotNull();
    if (row != null) {
      assertThat(row.cell("interval"))
          .isEqualTo(
              Durability.MINIMUM_INTERVAL.toMillis()
                  + " ms to "
                  + Durability.MAXIMUM_INTERVAL.toHours()
                  + " h");
    }
  }

  @Test
  void defaultsAndRangesOfACacheAreThoseOfTheCode() {
    Map<String, Row> rows = table(CACHE);
    assertRow(rows, "name", "required", "1 to " + Firn.MAXIMUM_NAME_CHARS + ",");
    assertRow(
        rows,
        "maximumHotEntries",
        String.format(Locale.ROOT, "%,d", TieredCacheBuilder.DEFAULT_HOT_ENTRIES),
        "0 to " + power(TieredCacheBuilder.MAXIMUM_HOT_ENTRIES) + ";");
    String weight = "1 to " + power(TieredCacheBuilder.MAXIMUM_HOT_WEIGHT) + ";";
    assertRow(rows, "maximumHotWeight", "not set", weight);
    assertRow(
        rows,
        "maximumColdBytes",
        "none but the store's",
        (TieredCacheBuilder.MINIMUM_COLD_BYTES >> 20)
            + " MiB to "
            + power(TieredCacheBuilder.MAXIMUM_COLD_BYTES));
    assertRow(rows, "maximumValueBytes", "the store's", "1 B to the store's");
    String forEver =
        String.format(Locale.ROOT, "above %,d days means for ever", Lifetime.MAXIMUM.toDays());
    assertRow(rows, "expireAfterWrite", "for ever", "above 0; rounded up to 1 ms; " + forEver);
    assertRow(
        rows,
        "refreshAfterWrite",
        "never",
        "above 0; rounded up to 1 ms; " + forEver.replace("for ever", "never"));
    assertRow(
        rows,
        "promotion",
        "`" + TieredCacheBuilder.DEFAULT_PROMOTION + "`",
        names(Promotion.values()));
    assertThat(text)
        .contains(
            String.format(
                Locale.ROOT,
                "%s to %s (%s by weight)",
                bytes(Integer.BYTES * (long) ColdHits.LEAST_PLACES),
                bytes(Integer.BYTES * (long) ColdHits.MOST_PLACES),
                bytes(Integer.BYTES * TieredCacheBuilder.PLACES_BY_WEIGHT)));
    assertRow(rows, "expireAfterAccess", "for ever", "above 0; rounded up to 1 ms; " + forEver);
    assertRow(rows, "expireAfter", "not set", "not with `expireAfterWrite` or");
  }

  @Test
  void everySystemPropertyIsListed() {
    assertThat(table(PROPERTIES).keySet())
        .containsExactlyInAnyOrder(Memories.PROPERTY, NioDisk.REGIONS_PROPERTY, Crc32c.PROPERTY);
  }
}
