// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.subject;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteOptions;

/** RocksDB through rocksdbjni, values in the tree or in blob files. */
final class RocksDbSubject implements Subject {
  private final boolean blobFiles;
  private @Nullable Options options;
  private @Nullable RocksDB db;
  private @Nullable WriteOptions durable;

  RocksDbSubject(boolean blobFiles) {
    this.blobFiles = blobFiles;
  }

  @Override
  public void open(Path directory, long expectedEntries) {
    RocksDB.loadLibrary();
    options = PeerSettings.rocksdb(blobFiles);
    try {
      db = RocksDB.open(options, directory.toString());
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void openSync(Path directory, long expectedEntries) {
    open(directory, expectedEntries);
    durable = new WriteOptions().setSync(true);
  }

  @Override
  public void put(byte[] key, byte[] value) {
    WriteOptions how = durable;
    try {
      if (how == null) {
        db().put(key, value);
      } else {
        db().put(how, key, value);
      }
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    try {
      return db().get(key);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void remove(byte[] key) {
    try {
      db().delete(key);
    } catch (RocksDBException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    db().close();
    Objects.requireNonNull(options).close();
  }

  private RocksDB db() {
    return Objects.requireNonNull(db);
  }
}
