// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The entries of all directories: as they are, and as they would be after a power failure. A change
 * is durable once the directory that holds the entry was synced after it. Guarded by its disk.
 */
final class SimNames {
  private static final String ROOT = "";

  private final NavigableMap<String, SimInode> files = new TreeMap<>();
  private final NavigableSet<String> directories = new TreeSet<>();
  private final NavigableMap<String, SimInode> durableFiles = new TreeMap<>();
  private final NavigableSet<String> durableDirectories = new TreeSet<>();
  private final List<Change> pending = new ArrayList<>();

  SimNames() {
    directories.add(ROOT);
    durableDirectories.add(ROOT);
  }

  @Nullable SimInode file(String path) {
    return files.get(path);
  }

  NavigableMap<String, SimInode> files() {
    return files;
  }

  NavigableSet<String> directories() {
    return directories;
  }

  boolean exists(String path) {
    return files.containsKey(path) || directories.contains(path);
  }

  void create(String path, SimInode inode) throws NoSuchFileException {
    if (!directories.contains(parent(path))) {
      throw new NoSuchFileException(parent(path));
    }
    change(new Change(Kind.CREATE, path, "", inode));
  }

  void delete(String path) throws FileAlreadyExistsException {
    if (files.containsKey(path)) {
      change(new Change(Kind.DELETE, path, "", null));
    } else if (directories.contains(path)) {
      if (!list(path).isEmpty()) {
        throw new FileAlreadyExistsException(path, null, "the directory is not empty");
      }
      change(new Change(Kind.REMOVE_DIRECTORY, path, "", null));
    }
  }

  void rename(String from, String to) throws NoSuchFileException {
    if (!files.containsKey(from)) {
      throw new NoSuchFileException(from);
    }
    if (!directories.contains(parent(to))) {
      throw new NoSuchFileException(parent(to));
    }
    change(new Change(Kind.RENAME, from, to, null));
  }

  void createDirectories(String directory) throws FileAlreadyExistsException {
    if (directories.contains(directory)) {
      return;
    }
    if (files.containsKey(directory)) {
      throw new FileAlreadyExistsException(directory);
    }
    createDirectories(parent(directory));
    change(new Change(Kind.CREATE_DIRECTORY, directory, "", null));
  }

  List<String> list(String directory) {
    List<String> names = new ArrayList<>();
    for (String path : files.keySet()) {
      addName(names, directory, path);
    }
    for (String path : directories) {
      addName(names, directory, path);
    }
    names.sort(null);
    return names;
  }

  void sync(String directory) throws NoSuchFileException {
    if (!directories.contains(directory)) {
      throw new NoSuchFileException(directory);
    }
    pending.removeIf(
        change -> {
          boolean due = change.touches(directory);
          if (due) {
            change.applyTo(durableFiles, durableDirectories);
          }
          return due;
        });
  }

  /** Tells how many changes of entries a power failure could still take back. */
  int unsynced() {
    return pending.size();
  }

  /** Returns a copy of all of it. */
  SimNames copy() {
    SimNames copy = new SimNames();
    SimInode.Copies copies = new SimInode.Copies();
    files.forEach((path, inode) -> copy.files.put(path, copies.of(inode)));
    durableFiles.forEach((path, inode) -> copy.durableFiles.put(path, copies.of(inode)));
    copy.directories.addAll(directories);
    copy.durableDirectories.addAll(durableDirectories);
    for (Change change : pending) {
      SimInode inode = change.inode == null ? null : copies.of(change.inode);
      copy.pending.add(new Change(change.kind, change.path, change.to, inode));
    }
    return copy;
  }

  /**
   * Returns what a power failure leaves: each name that survives, with what is left of its file.
   */
  SimNames afterPowerFailure(SplittableRandom random) {
    NavigableMap<String, SimInode> left = new TreeMap<>(durableFiles);
    NavigableSet<String> leftDirectories = new TreeSet<>(durableDirectories);
    boolean inOrder = random.nextBoolean();
    int prefix = random.nextInt(pending.size() + 1);
    for (int i = 0; i < pending.size(); i++) {
      if (inOrder ? i < prefix : random.nextBoolean()) {
        pending.get(i).applyTo(left, leftDirectories);
      }
    }
    leftDirectories.removeIf(directory -> !reachable(leftDirectories, directory));
    left.keySet().removeIf(path -> !leftDirectories.contains(parent(path)));
    SimNames names = new SimNames();
    left.forEach((path, inode) -> names.files.put(path, inode.afterPowerFailure(random)));
    names.durableFiles.putAll(names.files);
    names.directories.addAll(leftDirectories);
    names.durableDirectories.addAll(leftDirectories);
    return names;
  }

  static String parent(String path) {
    int slash = path.lastIndexOf('/');
    return slash < 0 ? ROOT : path.substring(0, slash);
  }

  private void change(Change change) {
    change.applyTo(files, directories);
    pending.add(change);
  }

  private static void addName(List<String> names, String directory, String path) {
    if (!path.isEmpty() && parent(path).equals(directory)) {
      names.add(directory.isEmpty() ? path : path.substring(directory.length() + 1));
    }
  }

  private static boolean reachable(NavigableSet<String> directories, String directory) {
    return directory.isEmpty()
        || (directories.contains(parent(directory)) && reachable(directories, parent(directory)));
  }

  private enum Kind {
    CREATE,
    DELETE,
    RENAME,
    CREATE_DIRECTORY,
    REMOVE_DIRECTORY
  }

  private record Change(Kind kind, String path, String to, @Nullable SimInode inode) {
    boolean touches(String directory) {
      return parent(path).equals(directory)
          || (kind == Kind.RENAME && parent(to).equals(directory));
    }

    void applyTo(NavigableMap<String, SimInode> files, NavigableSet<String> directories) {
      switch (kind) {
        case CREATE -> {
          if (inode != null) {
            files.put(path, inode);
          }
        }
        case DELETE -> files.remove(path);
        case RENAME -> {
          SimInode moved = files.remove(path);
          if (moved != null) {
            files.put(to, moved);
          }
        }
        case CREATE_DIRECTORY -> directories.add(path);
        case REMOVE_DIRECTORY -> directories.remove(path);
      }
    }
  }
}
