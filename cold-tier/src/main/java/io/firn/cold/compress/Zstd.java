// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.compress;

import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import com.github.luben.zstd.util.Native;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * Zstandard, where the platform has it: the library is native code, which a JVM may be told to
 * refuse. It is loaded at the first use and not before. Stateless.
 */
public final class Zstd {
  private static final int LEVEL = 3;

  private Zstd() {}

  /** Tells whether the native library is here and may be used. */
  public static boolean isAvailable() {
    return Library.LOADED;
  }

  /** Loads the library once. */
  private static final class Library {
    static final boolean LOADED = load();

    private static boolean load() {
      try {
        Native.load();
        return Native.isLoaded();
      } catch (LinkageError | RuntimeException e) {
        return false;
      }
    }
  }

  /**
   * Returns a stream that compresses what is written to it into another one, with a checksum.
   *
   * @throws IOException if there is no library, or no memory for it
   */
  public static OutputStream compressing(OutputStream target) throws IOException {
    requireLibrary();
    return new ZstdOutputStream(target, LEVEL).setChecksum(true);
  }

  /**
   * Returns what was compressed, cut at a length.
   *
   * @throws UndecodableException if the bytes are not intact, or there is no library
   */
  public static byte[] decompressed(byte[] bytes, int maximum) throws UndecodableException {
    try {
      requireLibrary();
      try (InputStream source = new ZstdInputStream(new ByteArrayInputStream(bytes))) {
        return source.readNBytes(maximum);
      }
    } catch (IOException e) {
      throw new UndecodableException(String.valueOf(e.getMessage()), e);
    }
  }

  private static void requireLibrary() throws IOException {
    if (!isAvailable()) {
      throw new IOException("zstd is not available on this platform, or native code is denied");
    }
  }
}
