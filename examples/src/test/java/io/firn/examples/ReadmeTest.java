// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Holds the README and the other documents to the files that they speak of. */
final class ReadmeTest {
  private static final Path ROOT = root();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");

  private static final String FIRST_LINE = "// tag::program[]\n";
  private static final String LAST_LINE = "// end::program[]";

  private static Path root() {
    Path directory = Path.of("").toAbsolutePath();
    while (!Files.exists(directory.resolve("README.md"))) {
      Path parent = directory.getParent();
      if (parent == null) {
        throw new IllegalStateException("no README.md above " + Path.of("").toAbsolutePath());
      }
      directory = parent;
    }
    return directory;
  }

  @Test
  void firstProgramIsTheCompiledOne() throws Exception {
    Path source = ROOT.resolve("cache-core/src/test/java/io/firn/program/FirstProgram.java");
    String text = Files.readString(source);
    int start = text.indexOf(FIRST_LINE) + FIRST_LINE.length();
    int end = text.indexOf(LAST_LINE);
    assertThat(start).isBetween(FIRST_LINE.length(), end);
    assertThat(Files.readString(ROOT.resolve("README.md")))
        .contains("```java\n" + text.substring(start, end) + "```");
  }

  @Test
  void everyLinkOfADocumentLeadsToAFile() throws IOException {
    Stream.of("README.md", "CHANGELOG.md", "CONTRIBUTING.md")
        .map(ROOT::resolve)
        .forEach(ReadmeTest::checkLinks);
    try (Stream<Path> documents = Files.walk(ROOT.resolve("docs"))) {
      documents.filter(file -> file.toString().endsWith(".md")).forEach(ReadmeTest::checkLinks);
    }
  }

  private static void checkLinks(Path document) {
    try {
      Matcher links = LINK.matcher(Files.readString(document));
      Path folder = document.toAbsolutePath().getParent();
      while (links.find() && folder != null) {
        assertThat(folder.resolve(links.group(1))).as("link of %s", document).exists();
      }
    } catch (IOException e) {
      throw new AssertionError(document + " cannot be read", e);
    }
  }
}
