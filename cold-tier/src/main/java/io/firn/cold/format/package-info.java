// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/**
 * The file formats of a store: encoders, decoders, and this specification in brief. {@code
 * docs/storage.md} draws every structure byte by byte from the constants of this package.
 *
 * <h2>Files</h2>
 *
 * <ul>
 *   <li>{@code manifest-a}, {@code manifest-b}: one {@link io.firn.cold.format.Manifest} each,
 *       written alternately; the valid one with the higher number counts.
 *   <li>{@code wal/<sequence>.wal}: a log segment.
 *   <li>{@code archive/<sequence>-<milliseconds>.wal.zst}: the used part of a log segment that no
 *       recovery needs, and the wall time at which it was archived; {@code .wal} where there is no
 *       compression.
 *   <li>{@code data/<table id>/<segment>.seg}: a data segment.
 *   <li>{@code index/<table id>.idx}: slots, at the offsets that the manifest names.
 * </ul>
 *
 * <h2>Grammar</h2>
 *
 * <pre>
 * DataSegment  = SegmentHeader, Page, { Page }             pages of the size that the store has
 * Page         = PageHeader, bytes of records, free bytes  in page 0 behind the SegmentHeader
 * Records      = { Record | Filler }                       back to back, across the pages of an extent
 * Record       = crc, lsnDelta, flags, totalLength, keyLength, [ writeTime ], [ expiry ],
 *                [ codec, dictionary ], [ attributesLength, attributes ], [ padLength ],
 *                key, value, padding
 * Filler       = crc, 0, FILLER, totalLength, zeros
 * LogSegment   = LogSegmentHeader, { Frame, align8 }       the frame's place is its LSN
 * Frame        = length, crc, type, version, flags, tableId, payload, [ batchId ]
 * IndexFile    = { Slot | free bytes }
 * Slot         = SlotHeader, { hash, word }
 * ManifestFile = ManifestHeader, payload, any bytes
 * </pre>
 *
 * Integers are little-endian; variable-length ones are LEB128. Checksums are CRC32C. A record's
 * covers table, key, value, attributes and the resolved LSN and times, so it survives a move to
 * another segment; a frame's covers the segment's salt and the frame's LSN, so it holds in one
 * place only; all others cover their header and what follows it.
 *
 * <h2>Decoding</h2>
 *
 * Any bytes give a value or a typed answer: {@link io.firn.cold.format.CorruptBytesException},
 * {@link io.firn.cold.model.UnsupportedVersionException}, or the verdict of {@link
 * io.firn.cold.format.RecordReader} and {@link io.firn.cold.format.FrameReader}. The checksum is
 * verified before the version is believed, and both before the fields; a length is compared with
 * the bytes at hand before anything is allocated.
 *
 * <h2>Recovery</h2>
 *
 * A mark W, the highest {@code Durable} frame that verifies, parts the log. Up to W frames alone
 * count, and a position where none verifies is damage. Above W a frame that refers to bytes counts
 * only if they verify or its flag says that they were forced before; the first that does not is the
 * end of the history. Redo only, no undo.
 *
 * <h2>Version history</h2>
 *
 * <ol>
 *   <li>Format 1: the first.
 * </ol>
 *
 * <h2>Limits</h2>
 *
 * Pages of 512 bytes to 64 KiB; segments and records of up to 512 MiB; 2<sup>23</sup> − 1 segments
 * a table; record LSNs of up to 4 TiB on either side of the segment's base; expiries of up to 34.8
 * years above it.
 */
@NullMarked
@CheckReturnValue
package io.firn.cold.format;

import com.google.errorprone.annotations.CheckReturnValue;
import org.jspecify.annotations.NullMarked;
