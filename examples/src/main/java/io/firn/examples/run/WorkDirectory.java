// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;

/**
 * A new directory that is deleted with all that is in it when it is closed, unless it is kept. Safe
 * for any thread.
 */
public final class WorkDirectory implements AutoCloseable {
  private final Path path;
  private final boolean isKept;

  private WorkDirectory(Path path, boolean keep) {
    this.path = path;
    this.isKept = keep;
  }

  /** Creates a directory with a name of its own in {@code parent}, which is created if missing. */
  public static WorkDirectory createIn(Path parent, boolean keep) throws IOException {
    Files.createDirectories(parent);
    return new WorkDirectory(
        Files.createTempDirectory(parent.toAbsolutePath(), "firn-tour-"), keep);
  }

  /** Returns the directory. */
  public Path path() {
    return path;
  }

  /** Returns the sum of the sizes of all files below {@code directory}, 0 if there is none. */
  public static long bytesBelow(Path directory) throws IOException {
    long[] bytes = new long[1];
    if (!Files.exists(directory)) {
      return 0;
    }
    Files.walkFileTree(
        directory,
        new TolerantVisitor() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes[0] += attributes.size();
            return FileVisitResult.CONTINUE;
          }
        });
    return bytes[0];
  }

  /** Deletes a directory and everything below it; nothing happens if there is none. */
  public static void deleteAll(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try {
      Files.walkFileTree(
          directory,
          new TolerantVisitor() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
                throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure)
                throws IOException {
              Files.deleteIfExists(visited);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException("cannot delete " + directory, e);
    }
  }

  @Override
  public void close() {
    if (!isKept) {
      deleteAll(path);
    }
  }

  /** Passes over files that vanish while the tree is walked: a store deletes files as it works. */
  private static class TolerantVisitor extends SimpleFileVisitor<Path> {
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      if (failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }
  }
}
