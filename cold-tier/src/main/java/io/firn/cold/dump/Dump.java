// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.dump;

import io.firn.cold.io.NioDisk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command that shows what the files of a store hold; see {@code docs/inspecting.md}. */
public final class Dump {
  static final int DONE = 0;
  static final int FAILED = 1;
  static final int MISUSED = 2;

  private static final String USAGE =
      """
      usage: Dump STORE manifest
             Dump STORE log [SEQUENCE]
             Dump STORE segment TABLE NUMBER [PAGE]
             Dump STORE index TABLE
        --hex  shows the bytes too
        --all  shows everything, not only the first 1000 lines
      SEQUENCE is the hexadecimal number in the name of a log file; TABLE is a number that
      the manifest shows. Nothing is changed, and the store may be open elsewhere.
      """;

  private Dump() {}

  /** Runs the command; exits with 0 if it did, 1 if the store cannot be read, 2 if misused. */
  public static void main(String[] arguments) {
    StringBuilder out = new StringBuilder();
    int result;
    try {
      result = run(arguments, System.out, out);
    } catch (IOException e) {
      out.append(e).append('\n');
      result = FAILED;
    }
    System.out.flush();
    System.err.print(out);
    System.exit(result);
  }

  /**
   * Runs the command.
   *
   * @param out gets the dump
   * @param err gets what is wrong with the arguments
   * @throws IOException if there is no store to read, or the text cannot be written
   */
  static int run(String[] arguments, Appendable out, Appendable err) throws IOException {
    List<String> words = new ArrayList<>(List.of(arguments));
    boolean hex = words.remove("--hex");
    boolean all = words.remove("--all");
    if (words.size() < 2) {
      err.append(USAGE);
      return MISUSED;
    }
    NioDisk disk = NioDisk.openExisting(Path.of(words.get(0)));
    StoreDump dump = new StoreDump(disk, out, all ? Long.MAX_VALUE : StoreDump.DEFAULT_LINES, hex);
    try {
      if (show(dump, words.subList(1, words.size()))) {
        return DONE;
      }
    } catch (NumberFormatException e) {
      err.append("not a number: ").append(e.getMessage()).append('\n');
    }
    err.append(USAGE);
    return MISUSED;
  }

  private static boolean show(StoreDump dump, List<String> words) throws IOException {
    switch (words.get(0) + " " + (words.size() - 1)) {
      case "manifest 0" -> dump.manifests();
      case "log 0" -> dump.log();
      case "log 1" -> dump.logSegment(Long.parseLong(words.get(1), 16));
      case "segment 2" -> dump.segment(number(words, 1), number(words, 2));
      case "segment 3" -> dump.page(number(words, 1), number(words, 2), number(words, 3));
      case "index 1" -> dump.index(number(words, 1));
      default -> {
        return false;
      }
    }
    return true;
  }

  private static int number(List<String> words, int at) {
    return Integer.parseInt(words.get(at));
  }
}
