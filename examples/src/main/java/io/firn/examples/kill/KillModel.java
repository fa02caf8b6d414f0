// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.kill;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the store has to hold: per key the last acknowledged operation and the operation in doubt,
 * if there is one. Version 0 stands for a key that was never written. Threads may work on disjoint
 * keys of one model; the operations in doubt belong to one thread.
 */
final class KillModel {
  private final int[] versions = new int[KillPlan.KEYS];
  private final boolean[] isPresent = new boolean[KillPlan.KEYS];

  /** The highest version ever announced: those of lost operations are not used again either. */
  private final int[] announced = new int[KillPlan.KEYS];

  private final Map<Integer, Operation> inDoubt = new HashMap<>();

  /** Reads the model of the earlier rounds, or returns an empty one if there were none. */
  static KillModel load(Path file) throws IOException {
    KillModel model = new KillModel();
    if (Files.exists(file)) {
      try (DataInputStream in =
          new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
        for (int key = 0; key < KillPlan.KEYS; key++) {
          model.versions[key] = in.readInt();
          model.announced[key] = in.readInt();
          model.isPresent[key] = in.readBoolean();
        }
      }
    }
    return model;
  }

  /**
   * Writes the model.
   *
   * @throws IllegalStateException if an operation is still in doubt
   */
  void save(Path file) throws IOException {
    if (!inDoubt.isEmpty()) {
      throw new IllegalStateException("not settled: " + inDoubt.values());
    }
    try (DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file)))) {
      for (int key = 0; key < KillPlan.KEYS; key++) {
        out.writeInt(versions[key]);
        out.writeInt(announced[key]);
        out.writeBoolean(isPresent[key]);
      }
    }
  }

  /** Returns the version that the next operation of {@code key} gets, and counts it as used. */
  int nextVersion(int key) {
    announced[key]++;
    return announced[key];
  }

  /** Takes over what a journal says of the round that ended. */
  void apply(KillJournal.Content content) {
    for (Operation operation : content.acknowledged()) {
      announce(operation);
      versions[operation.key()] = operation.version();
      isPresent[operation.key()] = !operation.isRemove();
    }
    for (Operation operation : content.inDoubt()) {
      announce(operation);
      inDoubt.put(operation.key(), operation);
    }
  }

  private void announce(Operation operation) {
    if (operation.version() <= announced[operation.key()]) {
      throw new IllegalStateException(operation + " after version " + announced[operation.key()]);
    }
    announced[operation.key()] = operation.version();
  }

  /**
   * Judges what the reopened store returned for {@code key} and settles the operation in doubt.
   *
   * @param version of the intact value that was found; -1 for one that is not intact, null for none
   */
  KillVerdict judge(int key, @Nullable Integer version) {
    Operation doubtful = inDoubt.remove(key);
    if (doubtful != null && isResultOf(doubtful, version)) {
      versions[key] = doubtful.version();
      isPresent[key] = !doubtful.isRemove();
    }
    if (version == null) {
      return isPresent[key] ? KillVerdict.LOST : KillVerdict.GONE;
    }
    if (version < 1 || version > announced[key]) {
      return KillVerdict.WRONG;
    }
    if (version == versions[key]) {
      return isPresent[key] ? KillVerdict.FOUND : KillVerdict.WRONG;
    }
    if (version > versions[key]) {
      // Announced in an earlier round, not applied then: it must not come up later.
      return KillVerdict.WRONG;
    }
    return isPresent[key] ? KillVerdict.OLDER : KillVerdict.RESURRECTED;
  }

  /**
   * Takes what was found as what the store has to hold from now on, so that a fault counts in one
   * round only.
   */
  void accept(int key, @Nullable Integer version) {
    isPresent[key] = version != null;
    if (version != null) {
      versions[key] = version;
    }
  }

  private static boolean isResultOf(Operation operation, @Nullable Integer version) {
    return operation.isRemove()
        ? version == null
        : Integer.valueOf(operation.version()).equals(version);
  }
}
