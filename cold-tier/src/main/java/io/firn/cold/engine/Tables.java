// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.format.FrameWriter;
import io.firn.cold.format.Octets;
import io.firn.cold.model.DiskFullException;
import io.firn.cold.model.Loggers;
import io.firn.cold.model.StoreIoException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The tables of a store, by id and by name. They are created, given other options and dropped one
 * at a time, so that the log has these frames in the order in which they took effect. Thread-safe.
 */
final class Tables {
  private static final Logger LOG = Loggers.of(Tables.class);

  private final Engine engine;
  private final Lock lock;
  private final Map<Integer, Table> byId = new ConcurrentSkipListMap<>();
  private final Map<String, Table> byName = new ConcurrentHashMap<>();
  private final AtomicInteger nextId = new AtomicInteger(1);

  Tables(Engine engine) {
    this.engine = engine;
    this.lock = engine.threads().newLock("catalogue");
  }

  List<Table> all() {
    return List.copyOf(byId.values());
  }

  List<String> names() {
    return byName.keySet().stream().sorted().toList();
  }

  @Nullable Table get(int id) {
    return byId.get(id);
  }

  int nextId() {
    return nextId.get();
  }

  /** Returns the tables together with the LSN from which the log says what becomes of them. */
  Engine.Catalogue catalogue() {
    lock.lock();
    try {
      return new Engine.Catalogue(all(), nextId.get(), engine.log().end());
    } finally {
      lock.unlock();
    }
  }

  /** Decides something while no table is created or dropped. */
  boolean whileSame(BooleanSupplier decision) {
    lock.lock();
    try {
      return decision.getAsBoolean();
    } finally {
      lock.unlock();
    }
  }

  // Recovery.

  void startIds(int first) {
    nextId.set(first);
  }

  Table add(int id, String name, Octets options, long baseLsn) {
    Table table = new Table(engine, id, name, options, baseLsn);
    byId.put(id, table);
    byName.put(name, table);
    nextId.accumulateAndGet(id + 1, Math::max);
    return table;
  }

  /** Forgets a table that a frame drops; its files are orphans then. */
  void remove(int id) throws IOException {
    Table table = byId.remove(id);
    if (table != null) {
      byName.remove(table.name(), table);
      engine.jobs().forgetTable(id);
      StoreOpening.forgetFiles(engine, table);
    }
  }

  // Life.

  /** Opens a table as {@link Engine#openTable(String, UnaryOperator)} says. */
  Table open(String name, UnaryOperator<Octets> options) {
    lock.lock();
    try {
      engine.checkOpen();
      Table table = byName.get(name);
      if (table == null) {
        return create(name, options.apply(Octets.EMPTY));
      }
      Octets before = table.options();
      Octets after = options.apply(before);
      if (!after.equals(before)) {
        change(table, after);
      }
      return table;
    } finally {
      lock.unlock();
    }
  }

  private Table create(String name, Octets options) {
    engine.reserve().ensureManifestRoom(Reserve.tableBytes(name, options));
    int id = nextId.getAndIncrement();
    return add(id, name, options, append(id, name, options));
  }

  /** The data is the same with either options, so a store that is full has it none the less. */
  private void change(Table table, Octets options) {
    try {
      engine.reserve().ensureManifestRoom(options.length());
      long ignored = append(table.id(), table.name(), options);
      table.options(options);
    } catch (DiskFullException | StoreIoException e) {
      LOG.warn("the options of table {} were not stored: {}", table.name(), e.getMessage());
    }
  }

  private long append(int id, String name, Octets options) {
    FrameWriter frame = new FrameWriter();
    return engine.log().append(frame, frame.tableCreate(id, name, options));
  }

  /** Drops a table as {@link Engine#dropTable} says. */
  long drop(String name) {
    Table table;
    long lsn;
    lock.lock();
    try {
      engine.checkOpen();
      table = byName.get(name);
      if (table == null) {
        return 0;
      }
      FrameWriter frame = new FrameWriter();
      lsn = engine.log().append(frame, frame.tableDrop(table.id()));
      table.drop();
      byName.remove(name);
      byId.remove(table.id());
      engine.jobs().forgetTable(table.id());
      engine.relief().dropBegins();
    } finally {
      lock.unlock();
    }
    engine.forcer().ensureReleasable(lsn + 1);
    engine.awaitNobodyInside();
    try {
      StoreOpening.deleteTable(engine, table);
      engine.relief().dropEnded();
    } catch (IOException e) {
      throw new StoreIoException("files of table " + name + " cannot be deleted", e);
    }
    return lsn;
  }
}
