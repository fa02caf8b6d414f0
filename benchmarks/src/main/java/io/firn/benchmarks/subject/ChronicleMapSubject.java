// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.subject;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;
import net.openhft.chronicle.map.ChronicleMap;
import org.jspecify.annotations.Nullable;

/** Chronicle Map persisted to a file. */
final class ChronicleMapSubject implements Subject {
  private @Nullable ChronicleMap<byte[], byte[]> map;

  @Override
  public void open(Path directory, long expectedEntries) {
    try {
      map =
          PeerSettings.chronicle(expectedEntries)
              .createPersistedTo(directory.resolve("map.dat").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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
    map().close();
  }

  private ChronicleMap<byte[], byte[]> map() {
    return Objects.requireNonNull(map);
  }
}
