// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.input;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The files below a folder: the key is the path, the value the content. Files over 8 MiB, and what
 * exceeds {@link Input#MAXIMUM_BYTES} together, are left out and counted in the description.
 */
public final class FileTreeInput implements Input {
  private static final long MAXIMUM_FILE_BYTES = 8L << 20;

  private final String name;
  private final List<Path> files = new ArrayList<>();
  private final List<InputEntry> entries = new ArrayList<>();
  private final Set<String> keys = new HashSet<>();
  private long bytes;
  private long leftOut;

  private FileTreeInput(String name, Path root, String suffix) throws IOException {
    this.name = name;
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && file.toString().endsWith(suffix)) {
              take(root, file, attributes.size());
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException failure)
              throws IOException {
            if (file.equals(root)) {
              throw failure;
            }
            leftOut++;
            return FileVisitResult.CONTINUE;
          }
        });
    if (entries.isEmpty()) {
      throw new IOException("no file to cache in " + name);
    }
  }

  /** Returns the class files of the running JDK, read through its {@code jrt:/} file system. */
  public static FileTreeInput ofRunningJdk() throws IOException {
    Path root = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("/modules");
    return new FileTreeInput("class files of JDK " + Runtime.version().feature(), root, ".class");
  }

  /**
   * Returns all files below {@code folder}.
   *
   * @throws IOException if it cannot be read or holds no file
   */
  public static FileTreeInput of(Path folder) throws IOException {
    // The walk follows no link; the folder itself may be one.
    return new FileTreeInput("files of " + folder, folder.toRealPath(), "");
  }

  private void take(Path root, Path file, long size) {
    String key = root.relativize(file).toString();
    // A name that is no text has no UTF-8, which the keys of the tour are, or looks like another.
    boolean isNamed = StandardCharsets.UTF_8.newEncoder().canEncode(key);
    boolean fits = size <= MAXIMUM_FILE_BYTES && bytes + size <= MAXIMUM_BYTES;
    if (!isNamed || !fits || !Files.isReadable(file) || !keys.add(key)) {
      leftOut++;
      return;
    }
    bytes += size;
    files.add(file);
    entries.add(new InputEntry(key, size));
  }

  @Override
  public String description() {
    return (leftOut == 0)
        ? name
        : name + " (" + leftOut + " left out: too large, unreadable, or without a proper name)";
  }

  @Override
  public List<InputEntry> entries() {
    return Collections.unmodifiableList(entries);
  }

  @Override
  public byte[] read(int index) throws IOException {
    return Files.readAllBytes(files.get(index));
  }

  @Override
  public int requestCount() {
    return entries.size();
  }

  @Override
  public int request(int number) {
    return number;
  }

  @Override
  public boolean loadsOnMiss() {
    return false;
  }
}
