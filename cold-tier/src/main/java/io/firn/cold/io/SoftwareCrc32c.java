// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.zip.Checksum;

/** CRC32C by tables, eight bytes a step ("slicing by 8"). */
final class SoftwareCrc32c implements Checksum {
  private static final int REVERSED_POLYNOMIAL = 0x82F63B78;
  private static final int SLICES = 8;
  private static final int[] TABLE = table();
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private int state = -1;

  /** Returns, for slice s and byte b at {@code s * 256 + b}, what b does from s bytes ahead. */
  private static int[] table() {
    int[] table = new int[SLICES * 256];
    for (int b = 0; b < 256; b++) {
      int crc = b;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc >>> 1) ^ ((crc & 1) * REVERSED_POLYNOMIAL);
      }
      table[b] = crc;
    }
    for (int i = 256; i < table.length; i++) {
      int before = table[i - 256];
      table[i] = (before >>> 8) ^ table[before & 0xFF];
    }
    return table;
  }

  @Override
  public void update(int b) {
    state = (state >>> 8) ^ TABLE[(state ^ b) & 0xFF];
  }

  @Override
  public void update(byte[] bytes, int offset, int length) {
    int end = offset + length;
    int at = offset;
    int crc = state;
    for (; end - at >= SLICES; at += SLICES) {
      long word = (long) LONGS.get(bytes, at) ^ (crc & 0xFFFF_FFFFL);
      int low = (int) word;
      int high = (int) (word >>> 32);
      crc =
          TABLE[7 * 256 + (low & 0xFF)]
              ^ TABLE[6 * 256 + ((low >>> 8) & 0xFF)]
              ^ TABLE[5 * 256 + ((low >>> 16) & 0xFF)]
              ^ TABLE[4 * 256 + (low >>> 24)]
              ^ TABLE[3 * 256 + (high & 0xFF)]
              ^ TABLE[2 * 256 + ((high >>> 8) & 0xFF)]
              ^ TABLE[256 + ((high >>> 16) & 0xFF)]
              ^ TABLE[high >>> 24];
    }
    for (; at < end; at++) {
      crc = (crc >>> 8) ^ TABLE[(crc ^ bytes[at]) & 0xFF];
    }
    state = crc;
  }

  @Override
  public long getValue() {
    return ~state & 0xFFFF_FFFFL;
  }

  @Override
  public void reset() {
    state = -1;
  }
}
