// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.engine.VerifyReport.Kind;
import io.firn.cold.format.CorruptBytesException;
import io.firn.cold.format.Manifest;
import io.firn.cold.format.PartitionEntry;
import io.firn.cold.format.SlotEntry;
import io.firn.cold.format.SlotHeader;
import io.firn.cold.format.TableEntry;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import io.firn.cold.model.UnsupportedVersionException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads both manifests and every snapshot that the present one names. What does not verify is read
 * again between two checkpoints, when nobody writes it. For one thread.
 */
final class ManifestCheck {
  private static final String SOUND = "a manifest that verifies";

  private final Engine engine;
  private final Findings findings;

  /** A snapshot that the manifest names. */
  private record Named(TableEntry table, PartitionEntry partition, SlotEntry slot, boolean newer) {
    String path() {
      return "index/" + table.id() + ".idx";
    }

    String where() {
      return path()
          + " at "
          + slot.offset()
          + " (table "
          + table.name()
          + ", partition "
          + partition.prefix()
          + "/"
          + partition.bits()
          + (newer ? ", newer" : ", older")
          + ")";
    }
  }

  ManifestCheck(Engine engine, Findings findings) {
    this.engine = engine;
    this.findings = findings;
  }

  void run() throws IOException {
    Manifest[] current = new Manifest[1];
    engine.checkpointer().betweenCheckpoints(() -> current[0] = checkManifests());
    Manifest manifest = current[0];
    if (manifest == null) {
      return;
    }
    Set<SlotEntry> suspects = new HashSet<>();
    for (Named named : snapshots(manifest)) {
      if (problem(named) == null) {
        findings.snapshots++;
      } else {
        suspects.add(named.slot);
      }
    }
    if (!suspects.isEmpty()) {
      engine.checkpointer().betweenCheckpoints(() -> lookAgain(suspects));
    }
  }

  /** Reads both files, which are small, while nobody writes them; returns the one that counts. */
  private @Nullable Manifest checkManifests() {
    ManifestStore store = engine.manifests();
    Manifest current = store.current();
    for (String name : ManifestStore.NAMES) {
      boolean counts = name.equals(store.currentName());
      if (current == null || (current.number() == 1 && !counts)) {
        continue;
      }
      checkManifest(name, counts, current);
    }
    return current;
  }

  private void checkManifest(String name, boolean counts, Manifest current) {
    String expected = counts ? "manifest " + current.number() : SOUND;
    try (DiskFile file = engine.disk().open(name, Disk.OpenMode.READ)) {
      byte[] bytes = new byte[(int) Math.min(file.size(), Integer.MAX_VALUE - 8)];
      file.read(0, bytes, 0, bytes.length);
      Manifest manifest = Manifest.decode(bytes, name);
      if (counts ? manifest.equals(current) : manifest.number() < current.number()) {
        findings.manifests++;
      } else if (!counts && engine.checkpointer().hasUnnamed()) {
        findings.tornSpares++;
      } else {
        findings.add(Kind.MANIFEST, name, expected, "manifest " + manifest.number());
      }
    } catch (CorruptBytesException | UnsupportedVersionException e) {
      boolean torn = afterCrash() && engine.checkpointer().checkpoints() == 0;
      if (!counts && (torn || engine.checkpointer().hasUnnamed())) {
        findings.tornSpares++;
      } else {
        findings.add(Kind.MANIFEST, name, expected, String.valueOf(e.getMessage()));
      }
    } catch (IOException e) {
      findings.add(Kind.MANIFEST, name, expected, "unreadable: " + e);
    }
  }

  private boolean afterCrash() {
    return engine.manifests().isAfterCrash();
  }

  /** Returns the snapshots that a manifest names, each once: halves of a split share theirs. */
  private List<Named> snapshots(Manifest manifest) {
    List<Named> all = new ArrayList<>();
    for (TableEntry table : manifest.tables()) {
      Set<Long> seen = new HashSet<>();
      for (PartitionEntry partition : table.partitions()) {
        for (SlotEntry slot : partition.slots()) {
          if (slot.number() != 0 && engine.table(table.id()) != null && seen.add(slot.offset())) {
            all.add(new Named(table, partition, slot, slot.equals(partition.slots().get(0))));
          }
        }
      }
    }
    return all;
  }

  private void lookAgain(Set<SlotEntry> suspects) {
    Manifest manifest = engine.manifests().current();
    if (manifest == null) {
      return;
    }
    for (Named named : snapshots(manifest)) {
      String problem = suspects.contains(named.slot) ? problem(named) : null;
      if (problem == null || engine.table(named.table.id()) == null) {
        continue;
      }
      boolean torn = afterCrash() && named.slot.number() < engine.checkpointer().firstSlotNumber();
      if (!named.newer && (torn || engine.checkpointer().hasUnnamed())) {
        findings.tornSpares++;
      } else {
        findings.add(Kind.SNAPSHOT, named.where(), "snapshot " + named.slot.number(), problem);
      }
    }
  }

  /** Returns what is wrong with a snapshot; null if it verifies. */
  private @Nullable String problem(Named named) {
    SlotEntry slot = named.slot;
    try (DiskFile file = engine.disk().open(named.path(), Disk.OpenMode.READ)) {
      byte[] head = new byte[SlotHeader.SLOT_HEADER_BYTES];
      file.read(slot.offset(), head, 0, head.length);
      SlotHeader header = SlotHeader.decode(head, named.path());
      long bytes = header.slotBytes() - head.length;
      if (bytes > slot.capacityBytes() - head.length) {
        return header.entryCount() + " entries in " + slot.capacityBytes() + " bytes";
      }
      byte[] entries = new byte[(int) bytes];
      file.read(slot.offset() + head.length, entries, 0, entries.length);
      header.verify(head, entries, 0, entries.length, named.path());
      boolean same =
          header.number() == slot.number()
              && header.tableId() == named.table.id()
              && header.entryCount() == slot.entries()
              && header.prefix() == slot.prefix()
              && header.bits() == slot.bits()
              && header.lsn() <= slot.lsn();
      return same ? null : header.toString();
    } catch (CorruptBytesException | UnsupportedVersionException e) {
      return String.valueOf(e.getMessage());
    } catch (IOException e) {
      return "unreadable: " + e;
    } finally {
      engine.threads().yieldNow();
    }
  }
}
