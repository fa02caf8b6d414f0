// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.subject;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Objects;
import org.h2.mvstore.MVMap;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.WriteBuffer;
import org.h2.mvstore.type.BasicDataType;
import org.h2.mvstore.type.ByteArrayDataType;
import org.jspecify.annotations.Nullable;

/** The storage engine of the H2 database, used directly. */
final class MvStoreSubject implements Subject {
  private @Nullable MVStore store;
  private @Nullable MVMap<byte[], byte[]> map;

  @Override
  public void open(Path directory, long expectedEntries) {
    MVStore opened = PeerSettings.mvStore(directory).open();
    store = opened;
    map =
        opened.openMap(
            PeerSettings.NAME,
            new MVMap.Builder<byte[], byte[]>()
                .keyType(new KeyType())
                .valueType(ByteArrayDataType.INSTANCE));
  }

  @Override
  public void put(byte[] key, byte[] value) {
    map().put(key, value);
  }

  @Override
  public byte @Nullable [] get(byte[] key) {
    return map().get(key);
  }

  @Override
  public void remove(byte[] key) {
    map().remove(key);
  }

  @Override
  public void close() {
    Objects.requireNonNull(store).close();
  }

  private MVMap<byte[], byte[]> map() {
    return Objects.requireNonNull(map);
  }

  /** The library's type for byte arrays has no order, so keys need one of their own. */
  private static final class KeyType extends BasicDataType<byte[]> {
    @Override
    public int compare(byte[] a, byte[] b) {
      return Arrays.compareUnsigned(a, b);
    }

    @Override
    public int getMemory(byte[] key) {
      return ByteArrayDataType.INSTANCE.getMemory(key);
    }

    @Override
    public void write(WriteBuffer target, byte[] key) {
      ByteArrayDataType.INSTANCE.write(target, key);
    }

    @Override
    public byte[] read(ByteBuffer source) {
      return ByteArrayDataType.INSTANCE.read(source);
    }

    @Override
    public byte[][] createStorage(int size) {
      return new byte[size][];
    }
  }
}
