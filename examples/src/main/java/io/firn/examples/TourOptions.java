// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the command line of the tour says.
 *
 * @param source what is cached
 * @param path of the folder or the trace; null for the JDK
 * @param seed of the order of reads, the generated values, and the moments of the kills
 * @param keep whether the work directory stays
 * @param work where the work directory is created
 * @param help whether to print the usage and end
 */
record TourOptions(
    Source source, @Nullable Path path, long seed, boolean keep, Path work, boolean help) {

  static final String USAGE =
      """
      Usage: java -jar firn-tour.jar [options]

      Caches real data with a heap of 512 MB, restarts, kills itself three times with SIGKILL, and
      checks every value. Takes at most about a minute and 500 MB of disk.

        --dir PATH     cache the files below a folder (at most 160 MiB of them)
        --trace FILE   replay a cache trace, one key per line, plain or .gz
        --seed N       repeat the random choices of an earlier run
        --work PATH    where to put the store (default: the system's directory for temporary files)
        --keep         leave the store where it is
        --help         print this

      Without --dir or --trace it caches the class files of the running JDK.
      Exit code: 0 all checks passed, 1 a check or a phase failed, 2 bad options.\
      """;

  /** What is cached. */
  enum Source {
    JDK,
    FOLDER,
    TRACE
  }

  /** The command line is not one that {@link #parse} knows. */
  static final class UsageException extends Exception {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
      super(message);
    }
  }

  /**
   * Reads a command line.
   *
   * @param seeds gives the seed if the command line has none
   * @throws UsageException if an option is unknown, lacks its value, or contradicts another, or the
   *     folder or trace does not exist
   */
  static TourOptions parse(String[] arguments, LongSupplier seeds) throws UsageException {
    Source source = Source.JDK;
    Path path = null;
    String seed = null;
    boolean keep = false;
    boolean help = false;
    Path work = Path.of(System.getProperty("java.io.tmpdir"));
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--dir", "--trace" -> {
          if (path != null) {
            throw new UsageException("only one of --dir and --trace, and once");
          }
          source = arguments[i].equals("--dir") ? Source.FOLDER : Source.TRACE;
          path = Path.of(valueAfter(arguments, i)).toAbsolutePath();
          i++;
        }
        case "--seed" -> {
          seed = valueAfter(arguments, i);
          i++;
        }
        case "--work" -> {
          work = Path.of(valueAfter(arguments, i)).toAbsolutePath();
          i++;
        }
        case "--keep" -> keep = true;
        case "--help", "-h" -> help = true;
        default -> throw new UsageException("unknown option " + arguments[i]);
      }
    }
    requireReadable(source, path);
    if (Files.exists(work) && !Files.isDirectory(work)) {
      throw new UsageException("--work needs a folder, and " + work + " is none");
    }
    return new TourOptions(
        source, path, (seed == null) ? seeds.getAsLong() : number(seed), keep, work, help);
  }

  private static void requireReadable(Source source, @Nullable Path path) throws UsageException {
    if (source == Source.FOLDER && path != null && !Files.isDirectory(path)) {
      throw new UsageException("--dir needs a folder, and " + path + " is none");
    }
    if (source == Source.TRACE && path != null && !Files.isRegularFile(path)) {
      throw new UsageException("--trace needs a file, and " + path + " is none");
    }
  }

  private static String valueAfter(String[] arguments, int option) throws UsageException {
    if (option + 1 >= arguments.length || arguments[option + 1].startsWith("--")) {
      throw new UsageException(arguments[option] + " needs a value");
    }
    return arguments[option + 1];
  }

  private static long number(String text) throws UsageException {
    try {
      return Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new UsageException(String.format(Locale.ROOT, "--seed needs an integer, not %s", text));
    }
  }
}
