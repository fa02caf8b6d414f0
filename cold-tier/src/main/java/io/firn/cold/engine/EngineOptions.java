// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.index.IndexShape;
import io.firn.cold.segment.SpaceShape;
import io.firn.cold.wal.ArchivePolicy;
import io.firn.cold.wal.LogShape;

/**
 * The frozen settings of an engine.
 *
 * @param maximumDiskBytes all files of the store
 * @param flushMode when acknowledged operations are forced
 * @param flushIntervalNanos longest time between forces in {@link FlushMode#ASYNC}
 * @param flushBytes unforced bytes after which a force is due in {@link FlushMode#ASYNC}
 * @param maximumValueBytes largest value
 * @param keptLogBytes log bytes after which a checkpoint is due, at least
 * @param mappedBytes how much of the sealed segments may stay mapped for readers
 * @param carriedBytes largest record that travels in its frame in {@link FlushMode#SYNC}; a larger
 *     one is forced before its frame is appended
 * @param batches bounds of a batch
 * @param log sizes of the log
 * @param space sizes of the data files
 * @param index sizes of the index
 * @param damage what to do where removals may have been lost
 * @param startEmptyIfNewer whether a store of a newer version is set aside instead of refused
 * @param archive which log segments are kept when no recovery needs them any more
 * @param spaceWaitNanos how long a put waits for room while somebody makes some; 0 if not at all
 */
public record EngineOptions(
    long maximumDiskBytes,
    FlushMode flushMode,
    long flushIntervalNanos,
    long flushBytes,
    int maximumValueBytes,
    long keptLogBytes,
    long mappedBytes,
    int carriedBytes,
    BatchLimits batches,
    LogShape log,
    SpaceShape space,
    IndexShape index,
    DamagePolicy damage,
    boolean startEmptyIfNewer,
    ArchivePolicy archive,
    long spaceWaitNanos) {
  private static final int LARGEST_REFERENCE_BYTES = 48;

  /** Checks that what is to be carried fits a frame. */
  public EngineOptions {
    if (carriedBytes < 0 || carriedBytes > log.maximumFrameBytes() - LARGEST_REFERENCE_BYTES) {
      throw new IllegalArgumentException(
          "records of "
              + carriedBytes
              + " bytes in frames of at most "
              + log.maximumFrameBytes()
              + " bytes");
    }
  }
}
