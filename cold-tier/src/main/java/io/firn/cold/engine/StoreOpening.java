// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.Manifest;
import io.firn.cold.format.StoreIdentity;
import io.firn.cold.io.Disk;
import io.firn.cold.model.CorruptStoreException;
import io.firn.cold.model.Loggers;
import io.firn.cold.model.UnsupportedVersionException;
import io.firn.cold.segment.Segment;
import io.firn.cold.segment.TableSpace;
import io.firn.cold.wal.LogArchive;
import io.firn.cold.wal.LogHistory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Opens a store: a new one, one that was closed, or one that crashed. The caller holds its lock.
 */
public final class StoreOpening {
  /** The lock file, which is no part of the store's content. */
  public static final String LOCK_FILE = "LOCK";

  private static final Logger LOG = Loggers.of(StoreOpening.class);
  private static final String LOST = "lost";
  private static final List<String> DIRECTORIES = List.of("wal", "data", "index");
  private static final Set<String> KNOWN =
      Set.of(
          LOCK_FILE,
          "manifest-a",
          "manifest-b",
          "wal",
          "data",
          "index",
          LogArchive.DIRECTORY,
          LOST);

  private StoreOpening() {}

  /**
   * Opens the store.
   *
   * @throws CorruptStoreException if it is damaged and the settings say to fail, or if the
   *     directory holds something else
   * @throws UnsupportedVersionException if a newer version wrote it and the settings say to fail
   */
  public static Engine open(EngineOptions options, Engine.Seams seams) throws IOException {
    Disk disk = seams.disk();
    long started = seams.time().nanoTime();
    rejectForeign(disk);
    Engine engine = new Engine(options, seams);
    List<String> problems = new ArrayList<>();
    try {
      problems.addAll(engine.manifests().load());
    } catch (UnsupportedVersionException e) {
      if (!options.startEmptyIfNewer()) {
        throw e;
      }
      problems.add(String.valueOf(e.getMessage()));
      engine = startEmpty(options, seams, problems);
    }
    Manifest manifest = engine.manifests().current();
    if (manifest == null && holdsContent(disk)) {
      if (options.damage() == DamagePolicy.FAIL) {
        throw new CorruptStoreException(
            "no manifest of the store in " + disk.describe() + " verifies: " + problems, null);
      }
      problems.add("no manifest verified");
      engine = startEmpty(options, seams, problems);
    }
    return open(engine, engine.manifests().current(), problems, started);
  }

  private static Engine open(
      Engine engine, @Nullable Manifest found, List<String> problems, long startedNanos)
      throws IOException {
    boolean done = false;
    try {
      if (recover(engine, found, problems, startedNanos)) {
        done = true;
        return engine;
      }
    } finally {
      if (!done) {
        abandon(engine);
      }
    }
    Engine empty = startEmpty(engine.options(), engine.seams(), problems);
    return open(empty, null, problems, startedNanos);
  }

  /** Closes what an opening has opened that is given up; a failure of that changes nothing. */
  private static void abandon(Engine engine) {
    try {
      engine.log().close(false);
      for (Table table : engine.tables()) {
        table.close();
      }
    } catch (IOException | RuntimeException e) {
      LOG.warn("files of the store in {} stay open", engine.disk().describe(), e);
    } finally {
      engine.epochs().close();
    }
  }

  /** Recovers the store; false if it is to be set aside instead, because its log is damaged. */
  private static boolean recover(
      Engine engine, @Nullable Manifest found, List<String> problems, long startedNanos)
      throws IOException {
    boolean created = found == null;
    for (String directory : DIRECTORIES) {
      engine.disk().createDirectories(directory); // a power failure may have left a manifest alone
    }
    Manifest manifest = found == null ? create(engine) : found;
    checkShape(engine, manifest);
    engine.archive().open();
    engine.identify(manifest.identity(), manifest.nextTableId(), manifest.nextSlotNumber());
    Recovery recovery = new Recovery(engine, manifest);
    boolean clean = recovery.rebuild();
    boolean damaged = !recovery.gaps().isEmpty();
    if (damaged && engine.options().damage() == DamagePolicy.FAIL) {
      throw new CorruptStoreException(
          "the log of the store in "
              + engine.disk().describe()
              + " is damaged at "
              + recovery.gaps(),
          null);
    }
    if (damaged && engine.options().damage() == DamagePolicy.START_EMPTY) {
      problems.add("the log is damaged at " + recovery.gaps());
      return false;
    }
    if (!damaged) {
      // Before anything new is written: on a full disk this is the room for it.
      for (String unused : recovery.history().unreadable()) {
        engine.disk().delete(unused);
      }
    }
    recovery.startLog();
    engine.logStarted(engine.log().end());
    int emptied = damaged ? emptyTables(engine) : 0;
    if (damaged) {
      engine.jobs().forgetAll();
    }
    boolean countsAll = !clean || recovery.hasOpenExtents();
    if (countsAll) {
      recovery.countCharges();
    }
    recovery.firstForce(clean);
    recovery.sealOpenExtents();
    removeOrphans(engine, recovery, damaged);
    for (Table table : engine.tables()) {
      table.space().complete(countsAll);
      table.worker().mapForReading(engine.options().mappedBytes());
    }
    recovery.finish();
    if (damaged) {
      leaveGapsBehind(engine);
    }
    problems.addAll(recovery.problems());
    RecoveryReport report =
        report(engine, recovery, created, clean, emptied, problems, startedNanos);
    engine.opened(recovery, report);
    log(engine, report);
    return true;
  }

  /** Moves both snapshots of every partition past the gaps, so that the next opening meets none. */
  private static void leaveGapsBehind(Engine engine) throws IOException {
    engine.checkpointer().checkpoint(Long.MAX_VALUE, false);
    engine.checkpointer().checkpoint(Long.MAX_VALUE, false);
  }

  private static RecoveryReport report(
      Engine engine,
      Recovery recovery,
      boolean created,
      boolean clean,
      int emptied,
      List<String> problems,
      long startedNanos) {
    long entries = 0;
    for (Table table : engine.tables()) {
      entries += table.size();
    }
    return new RecoveryReport(
        created,
        clean && !created,
        recovery.frames(),
        entries,
        recovery.gaps(),
        emptied,
        recovery.damagedSnapshots(),
        recovery.repaired(),
        problems,
        engine.time().nanoTime() - startedNanos);
  }

  private static void log(Engine engine, RecoveryReport report) {
    String how = report.created() ? "created" : report.clean() ? "opened" : "recovered";
    LOG.info(
        "{} store {}: {} entries in {} tables, {} bytes, {} ms, {} frames applied",
        how,
        engine.disk().describe(),
        report.entries(),
        engine.tables().size(),
        engine.ledger().usedBytes(),
        report.nanos() / 1_000_000,
        report.frames());
    if (!report.problems().isEmpty() || !report.gaps().isEmpty()) {
      LOG.warn(
          "store {} was damaged: {}; log gaps {}; {} tables emptied",
          engine.disk().describe(),
          report.problems(),
          report.gaps(),
          report.emptiedTables());
    }
  }

  private static void rejectForeign(Disk disk) throws IOException {
    if (ManifestStore.NAMES.stream().anyMatch(disk::exists)) {
      return;
    }
    for (String name : disk.list("")) {
      if (!KNOWN.contains(name)) {
        throw new CorruptStoreException(
            disk.describe() + " is no Firn store and not empty: it holds " + name, null);
      }
    }
  }

  private static boolean holdsContent(Disk disk) throws IOException {
    for (String directory : DIRECTORIES) {
      if (!disk.list(directory).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Sets the files aside, where one earlier generation may be, and starts anew. The manifests go
   * first, so whoever finds content without one goes on with what a crash interrupted here.
   */
  private static Engine startEmpty(EngineOptions options, Engine.Seams seams, List<String> problems)
      throws IOException {
    Disk disk = seams.disk();
    LOG.warn("the store in {} is set aside and starts empty: {}", disk.describe(), problems);
    if (ManifestStore.NAMES.stream().anyMatch(disk::exists)) {
      deleteTree(disk, LOST);
    }
    disk.createDirectories(LOST);
    for (String name : ManifestStore.NAMES) {
      if (disk.exists(name)) {
        disk.rename(name, LOST + "/" + name);
      }
    }
    disk.syncDirectory(LOST);
    disk.syncDirectory("");
    for (String directory : DIRECTORIES) {
      setAside(disk, directory);
    }
    setAside(disk, LogArchive.DIRECTORY);
    return new Engine(options, seams);
  }

  private static void setAside(Disk disk, String directory) throws IOException {
    List<String> names = disk.list(directory);
    if (names.isEmpty()) {
      return;
    }
    disk.createDirectories(LOST + "/" + directory);
    for (String name : names) {
      String path = directory + "/" + name;
      if (directory.equals("data")) {
        setAside(disk, path);
        disk.delete(path);
      } else {
        disk.rename(path, LOST + "/" + path);
      }
    }
    disk.syncDirectory(LOST + "/" + directory);
  }

  /** Closes the files of a table that recovery forgets; they do not count any more. */
  static void forgetFiles(Engine engine, Table table) throws IOException {
    for (Segment segment : table.space().segments()) {
      engine.ledger().release(segment.capacity());
    }
    engine.ledger().release(table.indexFile().usedBytes());
    table.close();
  }

  private static void deleteTree(Disk disk, String path) throws IOException {
    for (String name : disk.list(path)) {
      deleteTree(disk, path + "/" + name);
    }
    disk.delete(path);
  }

  private static Manifest create(Engine engine) throws IOException {
    Engine.Seams seams = engine.seams();
    EngineOptions options = engine.options();
    StoreIdentity identity =
        new StoreIdentity(
            options.space().pageBytes(),
            Integer.SIZE - Integer.numberOfLeadingZeros(options.space().maximumSegments()),
            seams.randoms().getAsLong(),
            seams.randoms().getAsLong(),
            seams.randoms().getAsLong(),
            seams.randoms().getAsLong());
    Manifest manifest =
        new Manifest(
            1,
            identity,
            1,
            seams.time().wallMillis(),
            0,
            LogHistory.FIRST_LSN,
            0,
            1,
            List.of(),
            List.of(),
            List.of());
    engine.manifests().write(manifest);
    return manifest;
  }

  private static void checkShape(Engine engine, Manifest manifest) {
    int pageBytes = engine.options().space().pageBytes();
    if (manifest.identity().pageBytes() != pageBytes) {
      throw new CorruptStoreException(
          "the store in "
              + engine.disk().describe()
              + " has pages of "
              + manifest.identity().pageBytes()
              + " bytes, expected "
              + pageBytes,
          null);
    }
  }

  private static int emptyTables(Engine engine) {
    if (engine.options().damage() == DamagePolicy.SALVAGE) {
      return 0;
    }
    for (Table table : engine.tables()) {
      table.emptyDuringRecovery();
    }
    return engine.tables().size();
  }

  /** Deletes what no table knows; sets it aside if frames were lost that may have known it. */
  private static void removeOrphans(Engine engine, Recovery recovery, boolean damaged)
      throws IOException {
    Disk disk = engine.disk();
    Set<String> known = new HashSet<>();
    for (Table table : engine.tables()) {
      known.add(table.indexFile().path());
      known.addAll(table.paths());
    }
    List<String> orphans = new ArrayList<>(recovery.history().unreadable());
    for (String id : disk.list("data")) {
      for (String name : disk.list("data/" + id)) {
        orphans.add("data/" + id + "/" + name);
      }
    }
    for (String name : disk.list("index")) {
      orphans.add("index/" + name);
    }
    orphans.removeAll(known);
    for (String orphan : orphans) {
      if (damaged) {
        disk.createDirectories(LOST);
        disk.rename(orphan, LOST + "/" + orphan.replace('/', '-'));
        recovery.problem(orphan + " was set aside: no table knows it");
      } else {
        disk.delete(orphan);
      }
    }
  }

  /** Deletes the files of a dropped table. */
  static void deleteTable(Engine engine, Table table) throws IOException {
    List<Segment> segments = table.space().segments();
    engine.forcer().betweenForces(table::close);
    for (Segment segment : segments) {
      engine.disk().delete(segment.path());
      engine.ledger().release(segment.capacity());
    }
    engine.disk().delete(TableSpace.directory(table.id()));
    table.indexFile().delete();
  }

  /** The last steps of a clean close. */
  static void closeFiles(Engine engine) throws IOException {
    boolean broken = engine.forcer().isBroken();
    try {
      if (!broken) {
        for (Table table : engine.tables()) {
          while (table.sweep()) {
            engine.threads().yieldNow();
          }
          table.space().closeStreams();
          int unusedWork = table.worker().work();
        }
        engine.checkpointer().checkpoint(Long.MAX_VALUE, true);
        engine.forcer().ensureReleasable(engine.log().end());
        for (Table table : engine.tables()) {
          table.worker().cutEnds();
        }
      }
    } finally {
      for (Table table : engine.tables()) {
        table.close();
      }
      engine.log().close(!broken);
    }
  }
}
