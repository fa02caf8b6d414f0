// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** The folders that runs work in. */
public final class Directories {
  private Directories() {}

  /** Makes a folder and those above it. */
  public static void create(Path directory) {
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a folder with everything in it; one that is not there is deleted already. */
  public static void delete(Path directory) {
    try {
      for (Path path : paths(directory)) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the sum of the files' lengths. */
  public static long bytes(Path directory) {
    long sum = 0;
    try {
      for (Path path : paths(directory)) {
        if (Files.isRegularFile(path)) {
          sum += length(path);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return sum;
  }

  /** Makes all files durable, so that the device has got all that was written. */
  static void force(Path directory) throws IOException {
    for (Path path : paths(directory)) {
      if (Files.isRegularFile(path)) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.WRITE)) {
          channel.force(true);
        }
      }
    }
  }

  /** Returns all files below a directory. */
  static List<Path> files(Path directory) throws IOException {
    return paths(directory).stream().filter(Files::isRegularFile).toList();
  }

  private static long length(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException e) {
      return 0;
    }
  }

  /** Looks once more if a file has gone meanwhile, as those of a store at work do. */
  private static List<Path> paths(Path directory) throws IOException {
    while (Files.exists(directory)) {
      try (Stream<Path> paths = Files.walk(directory)) {
        return paths.sorted(Comparator.reverseOrder()).toList();
      } catch (UncheckedIOException e) {
        if (!(e.getCause() instanceof NoSuchFileException)) {
          throw e;
        }
      }
    }
    return List.of();
  }
}
