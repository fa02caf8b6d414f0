// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * 4 KiB of a file: its content and, for every sector written since the last force, the durable
 * version and now and then one between the two. Guarded by its disk.
 */
final class SimChunk {
  static final int BYTES = 4096;
  static final int SECTOR = 512;
  static final int SECTORS = BYTES / SECTOR;

  /** Content that was never written. Shared, therefore never changed. */
  private static final byte[] ZEROS = new byte[BYTES];

  private static final int KEEP_ODDS = 8;
  private static final int KEPT = 8;

  private byte[] now = ZEROS;
  private byte[] durable = ZEROS;
  private boolean allocated;

  /** Sectors written since the last force, one bit each. */
  private int dirty;

  /** Sectors that a failed force dropped: durable only if they are written and forced again. */
  private int lost;

  private @Nullable List<Older> older;

  boolean allocated() {
    return allocated;
  }

  void allocate() {
    allocated = true;
  }

  boolean unforced() {
    return dirty != 0;
  }

  void read(int from, byte[] target, int offset, int length) {
    System.arraycopy(now, from, target, offset, length);
  }

  void write(int from, byte[] source, int offset, int length, SplittableRandom random) {
    touch(from, length, random);
    if (now == ZEROS) {
      now = new byte[BYTES];
    }
    System.arraycopy(source, offset, now, from, length);
  }

  void zero(int from, int length, SplittableRandom random) {
    touch(from, length, random);
    if (length == BYTES) {
      now = ZEROS;
    } else if (now != ZEROS) {
      Arrays.fill(now, from, from + length, (byte) 0);
    }
  }

  /** Drops the blocks; the content is zeros once that is durable. */
  void deallocate(SplittableRandom random) {
    zero(0, BYTES, random);
    allocated = false;
  }

  /** Clears what stands beyond a length, in a chunk that nobody else sees yet. */
  void cut(int length) {
    if (now != ZEROS) {
      Arrays.fill(now, length, BYTES, (byte) 0);
    }
  }

  void flipBit(int bit) {
    int index = bit >>> 3;
    int mask = 1 << (bit & 7);
    boolean shared = now == durable;
    now = now.clone();
    now[index] ^= (byte) mask;
    if (shared) {
      durable = now;
    } else {
      durable = durable.clone();
      durable[index] ^= (byte) mask;
    }
  }

  void forced() {
    if (lost == 0) {
      durable = now;
    } else {
      keep(dirty);
      lost &= ~dirty;
    }
    dirty = 0;
    older = null;
  }

  /** What a failing force does: some sectors were written, the others are forgotten. */
  void forceFailed(SplittableRandom random) {
    int written = dirty & random.nextInt(1 << SECTORS);
    keep(written);
    lost = (lost & ~written) | (dirty & ~written);
    dirty = 0;
    older = null;
  }

  SimChunk copy() {
    SimChunk copy = new SimChunk();
    boolean shared = now == durable;
    copy.now = now == ZEROS ? ZEROS : now.clone();
    copy.durable = shared ? copy.now : durable == ZEROS ? ZEROS : durable.clone();
    copy.allocated = allocated;
    copy.dirty = dirty;
    copy.lost = lost;
    copy.older = older == null ? null : new ArrayList<>(older);
    return copy;
  }

  /** Returns what a power failure leaves of it, all of it durable. */
  SimChunk afterPowerFailure(long firstSector, SimSurvival survival) {
    SimChunk left = new SimChunk();
    left.allocated = allocated;
    if ((dirty | lost) == 0) {
      left.now = now == ZEROS ? ZEROS : now.clone();
    } else {
      left.now = new byte[BYTES];
      for (int sector = 0; sector < SECTORS; sector++) {
        byte[] version = version(sector, firstSector, survival);
        int from = version.length == SECTOR ? 0 : sector * SECTOR;
        System.arraycopy(version, from, left.now, sector * SECTOR, SECTOR);
        left.allocated |= version == durable && durable != ZEROS;
      }
    }
    left.durable = left.now;
    return left;
  }

  private byte[] version(int sector, long firstSector, SimSurvival survival) {
    int bit = 1 << sector;
    if ((dirty & bit) == 0) {
      return (lost & bit) == 0 ? now : durable;
    }
    if (older != null && survival.between()) {
      for (Older version : older) {
        if (version.sector == sector) {
          return version.bytes;
        }
      }
    }
    return survival.isNew(firstSector + sector) ? now : durable;
  }

  private void touch(int from, int length, SplittableRandom random) {
    int first = from / SECTOR;
    int last = (from + length - 1) / SECTOR;
    if (now == durable) {
      now = now == ZEROS ? ZEROS : now.clone();
    }
    int touched = (2 << last) - (1 << first);
    if ((dirty & touched) != 0 && random.nextInt(KEEP_ODDS) == 0) {
      keepOlder(first, last, random);
    }
    dirty |= touched;
  }

  private void keepOlder(int first, int last, SplittableRandom random) {
    List<Older> kept = older == null ? new ArrayList<>() : older;
    for (int sector = first; sector <= last; sector++) {
      if ((dirty & 1 << sector) != 0) {
        byte[] bytes = Arrays.copyOfRange(now, sector * SECTOR, (sector + 1) * SECTOR);
        Older version = new Older(sector, bytes);
        if (kept.size() < KEPT) {
          kept.add(version);
        } else {
          kept.set(random.nextInt(KEPT), version);
        }
      }
    }
    older = kept;
  }

  private void keep(int sectors) {
    if (sectors == 0) {
      return;
    }
    durable = durable.clone();
    for (int sector = 0; sector < SECTORS; sector++) {
      if ((sectors & 1 << sector) != 0) {
        System.arraycopy(now, sector * SECTOR, durable, sector * SECTOR, SECTOR);
      }
    }
  }

  /** A version of a sector between the durable and the present one. */
  private static final class Older {
    final int sector;
    final byte[] bytes;

    Older(int sector, byte[] bytes) {
      this.sector = sector;
      this.bytes = bytes;
    }
  }
}
