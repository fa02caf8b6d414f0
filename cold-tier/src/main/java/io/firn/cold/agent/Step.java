// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.agent;

/**
 * The visible steps of the engine's operations: a crash, or another thread, may fall between any
 * two.
 */
public enum Step {
  /** Log, page and ledger space was reserved. */
  RESERVED,
  /** The record's body stands in its extent. */
  COPIED,
  /** The position in the log was taken, nothing is published. */
  LSN_TAKEN,
  /** The frame was published. */
  PUBLISHED,
  /** The index entry was set. */
  ENTRY_SET,
  /** The old charge was debited. */
  DEBITED,
  /** A reader probed the index and has not read yet. */
  PROBED,
  /** A reader copied the record's bytes. */
  READ,
  /** A partition was captured for a checkpoint. */
  CAPTURED,
  /** Snapshots were written, not yet named. */
  SNAPSHOT_WRITTEN,
  /** All that the next manifest names is durable; the manifest is about to be written. */
  NAMING,
  /** The manifest names the snapshots. */
  SNAPSHOT_NAMED,
  /** Data files were forced, the log not yet. */
  DATA_FORCED,
  /** The log was forced, the mark not yet written. */
  LOG_FORCED,
  /** The segment that the log goes on in after a failure has its header. */
  LOG_REPLACED,
  /** The records of failed data files were copied elsewhere. */
  RESCUED,
  /** The mark was appended. */
  MARKED,
  /** A page was found dead. */
  DEAD,
  /** The drop of a dead segment was logged. */
  DROPPED,
  /** Records were copied to other pages; nothing is forced yet. */
  MOVE_COPIED,
  /** The copies were forced; no entry points to them yet. */
  MOVE_FORCED,
  /** Pages or files are about to be reused or deleted. */
  RELEASE,
  /** A log segment is about to be recycled or deleted. */
  RECYCLE,
  /** A partition is about to grow or split. */
  GROW,
  /** Recovery finished one phase. */
  RECOVERY,
  /** A disk call is about to be made. */
  DISK
}
