// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import io.firn.cold.memory.MappedMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A directory of the machine's file system. Everything created in it is accessible to its owner
 * only, where the file system knows owners.
 *
 * <p>The system property {@value #REGIONS_PROPERTY} decides how append regions are reached: {@code
 * mapped}, {@code buffered}, or {@code auto}, the default: mapped on local file systems that are
 * known to reserve blocks, if this JDK can unmap at once.
 *
 * <p>Thread-safe.
 */
public final class NioDisk implements Disk {
  /** The system property that decides how append regions are reached. */
  public static final String REGIONS_PROPERTY = "firn.io.regions";

  private static final Set<String> RESERVING = Set.of("ext3", "ext4", "xfs", "tmpfs", "ntfs");
  private static final FileAttribute<?>[] NONE = {};

  /** How deep the files of a store are: in a directory of a table in one of all tables. */
  private static final int LEVELS = 3;

  private static final boolean WINDOWS =
      System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");

  private final Path root;
  private final boolean posix;
  private final boolean mapsRegions;

  private NioDisk(Path root, boolean posix, boolean mapsRegions) {
    this.root = root;
    this.posix = posix;
    this.mapsRegions = mapsRegions;
  }

  /**
   * Opens a directory, creating it and its missing parents.
   *
   * @throws NotDirectoryException if the path is something else
   * @throws IOException if it cannot be created or inspected
   * @throws IllegalArgumentException if the system property has an unknown value
   */
  public static NioDisk open(Path directory) throws IOException {
    return open(directory, System.getProperty(REGIONS_PROPERTY, "auto"));
  }

  /**
   * Opens a directory that must exist.
   *
   * @throws NotDirectoryException if there is none
   */
  public static NioDisk openExisting(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory.toString());
    }
    return open(directory);
  }

  static NioDisk open(Path directory, String regions) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    boolean posix = absolute.getFileSystem().supportedFileAttributeViews().contains("posix");
    try {
      if (!Files.exists(absolute)) {
        Files.createDirectories(absolute, posix ? ownerOnly("rwx------") : NONE);
      }
      if (!Files.isDirectory(absolute)) {
        throw new NotDirectoryException(absolute.toString());
      }
      String type = Files.getFileStore(absolute).type();
      return new NioDisk(absolute, posix, mapsRegions(regions, type, MappedMemory.unmapsAtOnce()));
    } catch (UnsupportedOperationException e) {
      throw readOnly(absolute, e);
    } catch (IOException e) {
      throw IoErrors.named(absolute.toString(), e);
    }
  }

  static boolean mapsRegions(String property, String fileSystem, boolean unmapsAtOnce) {
    return switch (property) {
      case "mapped" -> true;
      case "buffered" -> false;
      case "auto" -> unmapsAtOnce && RESERVING.contains(fileSystem.toLowerCase(Locale.ROOT));
      default ->
          throw new IllegalArgumentException(
              REGIONS_PROPERTY + " is \"" + property + "\", not auto, mapped or buffered");
    };
  }

  @Override
  public DiskFile open(String path, OpenMode mode) throws IOException {
    Path file = resolve(path);
    try {
      return NioFile.open(this, path, file, mode, fileAttributes());
    } catch (IOException e) {
      throw IoErrors.named(file.toString(), e);
    }
  }

  @Override
  public boolean exists(String path) {
    return Files.exists(resolve(path));
  }

  @Override
  public void delete(String path) throws IOException {
    Files.deleteIfExists(resolve(path));
  }

  @Override
  public void rename(String from, String to) throws IOException {
    Path source = resolve(from);
    Path target = resolve(to);
    try {
      Files.move(source, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(source, target, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw IoErrors.named(source.toString(), e);
    }
  }

  @Override
  public List<String> list(String directory) throws IOException {
    Path listed = resolve(directory);
    if (!Files.isDirectory(listed)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(listed)) {
      return entries.map(entry -> String.valueOf(entry.getFileName())).sorted().toList();
    }
  }

  @Override
  public void createDirectories(String directory) throws IOException {
    Path created = resolve(directory);
    try {
      Files.createDirectories(created, posix ? ownerOnly("rwx------") : NONE);
    } catch (IOException e) {
      throw IoErrors.named(created.toString(), e);
    }
  }

  @Override
  public void syncDirectory(String directory) throws IOException {
    if (WINDOWS) {
      return;
    }
    Path synced = resolve(directory);
    try {
      Uninterrupted.run(
          () -> {
            try (FileChannel channel = FileChannel.open(synced, StandardOpenOption.READ)) {
              channel.force(true);
            }
          });
    } catch (IOException e) {
      throw IoErrors.named(synced.toString(), e);
    }
  }

  @Override
  public long usableBytes() throws IOException {
    return Files.getFileStore(root).getUsableSpace();
  }

  /** Returns the bytes of the files in the directory, as deep as a store has any. */
  public long storedBytes() throws IOException {
    try (Stream<Path> files = Files.walk(root, LEVELS)) {
      return files.filter(Files::isRegularFile).mapToLong(NioDisk::bytes).sum();
    } catch (UncheckedIOException e) {
      throw Objects.requireNonNull(e.getCause());
    }
  }

  private static long bytes(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      return 0; // it is gone, or not ours
    }
  }

  @Override
  public DiskLock lock(String path, String holder) throws IOException {
    Path file = resolve(path);
    try {
      return NioLock.take(file, holder, fileAttributes());
    } catch (UnsupportedOperationException e) {
      throw readOnly(file, e);
    } catch (IOException e) {
      throw IoErrors.named(file.toString(), e);
    }
  }

  @Override
  public boolean reservesBlocks() {
    return mapsRegions;
  }

  @Override
  public String describe() {
    return root.toString();
  }

  /** A file system may say that it is read-only by an unchecked exception. */
  private static IOException readOnly(Path path, UnsupportedOperationException cause) {
    return new IOException(path + ": the file system cannot be written to", cause);
  }

  private Path resolve(String path) {
    Path resolved = root.resolve(path).normalize();
    if (!resolved.startsWith(root)) {
      throw new IllegalArgumentException(path + " leaves " + root);
    }
    return resolved;
  }

  private FileAttribute<?>[] fileAttributes() {
    return posix ? ownerOnly("rw-------") : NONE;
  }

  private static FileAttribute<?>[] ownerOnly(String permissions) {
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
    };
  }
}
