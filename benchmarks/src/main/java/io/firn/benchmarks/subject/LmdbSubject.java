// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.subject;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.lmdbjava.Dbi;
import org.lmdbjava.DbiFlags;
import org.lmdbjava.Env;
import org.lmdbjava.Txn;

/**
 * LMDB through lmdbjava, the way its documentation advises: direct buffers that are reused, one
 * transaction per put, and per thread one read transaction that is reset and renewed.
 */
final class LmdbSubject implements Subject {
  private static final int BUFFER_BYTES = 1 << 20;
  private static final int MAXIMUM_KEY_BYTES = 511;

  private @Nullable Env<ByteBuffer> env;
  private @Nullable Dbi<ByteBuffer> dbi;
  private ThreadLocal<Session> sessions = ThreadLocal.withInitial(Session::new);

  @Override
  public void open(Path directory, long expectedEntries) {
    Env<ByteBuffer> opened =
        Env.create()
            .setMapSize(PeerSettings.lmdbMapBytes(expectedEntries))
            .setMaxDbs(1)
            .open(directory.toFile(), PeerSettings.LMDB_ENV);
    env = opened;
    dbi = opened.openDbi(PeerSettings.NAME, DbiFlags.MDB_CREATE);
    sessions = ThreadLocal.withInitial(Session::new);
  }

  @Override
  public void put(byte[] key, byte[] value) {
    Session session = sessions.get();
    try (Txn<ByteBuffer> txn = env().txnWrite()) {
      dbi().put(txn, session.fillKey(key), session.fillValue(value));
      txn.commit();
    }
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    Session session = sessions.get();
    Txn<ByteBuffer> txn = session.beginRead(env());
    try {
      ByteBuffer found = dbi().get(txn, session.fillKey(key));
      if (found == null) {
        return null;
      }
      byte[] value = new byte[found.remaining()];
      found.get(value);
      return value;
    } finally {
      txn.reset();
    }
  }

  @Override
  public void remove(byte[] key) {
    try (Txn<ByteBuffer> txn = env().txnWrite()) {
      dbi().delete(txn, sessions.get().fillKey(key));
      txn.commit();
    }
  }

  /** Only the closing thread's read transaction can be closed here; readers end before it. */
  @Override
  public void close() {
    sessions.get().close();
    env().close();
  }

  private Env<ByteBuffer> env() {
    return Objects.requireNonNull(env);
  }

  private Dbi<ByteBuffer> dbi() {
    return Objects.requireNonNull(dbi);
  }

  /** What one thread reuses from call to call. */
  private static final class Session {
    private final ByteBuffer key = ByteBuffer.allocateDirect(MAXIMUM_KEY_BYTES);
    private final ByteBuffer value = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private @Nullable Txn<ByteBuffer> read;

    ByteBuffer fillKey(byte[] bytes) {
      return key.clear().put(bytes).flip();
    }

    ByteBuffer fillValue(byte[] bytes) {
      return value.clear().put(bytes).flip();
    }

    Txn<ByteBuffer> beginRead(Env<ByteBuffer> env) {
      Txn<ByteBuffer> txn = read;
      if (txn == null) {
        txn = env.txnRead();
        read = txn;
      } else {
        txn.renew();
      }
      return txn;
    }

    void close() {
      Txn<ByteBuffer> txn = read;
      if (txn != null) {
        txn.close();
        read = null;
      }
    }
  }
}
