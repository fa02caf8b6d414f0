// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.subject;

import java.util.List;

/** The subjects by the name that the command line uses, each with the JVM flags it needs. */
public enum SubjectKind {
  FIRN("firn", "Firn"),
  ROCKSDB("rocksdb", "RocksDB (LZ4)"),
  ROCKSDB_BLOB("rocksdb-blob", "RocksDB (blob files)"),
  LMDB("lmdb", "LMDB (NOSYNC, WRITEMAP)"),
  CHRONICLE("chronicle", "Chronicle Map"),
  MVSTORE("mvstore", "MVStore"),
  EHCACHE("ehcache", "Ehcache (heap + disk)"),
  INFINISPAN("infinispan", "Infinispan (file store)"),
  PWRITE("pwrite", "one pwrite per record"),
  COPY("copy", "bare mapped copy");

  private final String id;
  private final String label;

  SubjectKind(String id, String label) {
    this.id = id;
    this.label = label;
  }

  /** Returns the subject with a command-line name. */
  public static SubjectKind of(String id) {
    for (SubjectKind kind : values()) {
      if (kind.id.equals(id)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("no subject is called " + id);
  }

  /** Returns the name on the command line. */
  public String id() {
    return id;
  }

  /** Returns the name in a table. */
  public String label() {
    return label;
  }

  /** Returns what the JVM that runs this subject must be started with. */
  public List<String> jvmFlags() {
    return switch (this) {
      case LMDB -> PeerSettings.LMDB_FLAGS;
      case CHRONICLE -> PeerSettings.CHRONICLE_FLAGS;
      default -> List.of();
    };
  }

  /** Tells whether the subject can make every put durable. */
  public boolean canSync() {
    return this == FIRN || this == ROCKSDB || this == ROCKSDB_BLOB;
  }

  /** Returns a new subject that is not open yet. */
  public Subject create() {
    return switch (this) {
      case FIRN -> new FirnSubject();
      case ROCKSDB -> new RocksDbSubject(false);
      case ROCKSDB_BLOB -> new RocksDbSubject(true);
      case LMDB -> new LmdbSubject();
      case CHRONICLE -> new ChronicleMapSubject();
      case MVSTORE -> new MvStoreSubject();
      case EHCACHE -> new EhcacheSubject();
      case INFINISPAN -> new InfinispanSubject();
      case PWRITE -> new OnePwritePerRecord();
      case COPY -> new BareMappedCopy();
    };
  }
}
