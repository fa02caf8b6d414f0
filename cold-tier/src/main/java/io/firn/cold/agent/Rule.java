// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.agent;

/**
 * The rules of the protocols that a test may break on purpose, to show that the simulation would
 * notice. In production every rule is kept.
 */
public enum Rule {
  /** Acknowledge only below the first unpublished byte of the log. */
  ACKNOWLEDGE_BELOW_END,
  /** A new life opens a new log segment. */
  NEW_LIFE_NEW_SEGMENT,
  /** A force ends with a mark. */
  MARK_AFTER_FORCE,
  /** Pages are released on a mark that was itself forced. */
  RELEASE_ON_FORCED_MARK,
  /** Pages are released after the reader epochs moved on. */
  RELEASE_AFTER_EPOCHS,
  /** A snapshot is named after the log is forced up to its LSN. */
  NAME_AFTER_FORCE,
  /** An entry is set under the partition's lock, together with its frame. */
  APPLY_UNDER_LOCK,
  /** The entries of a batch are set when its commit is in the log, not before. */
  APPLY_AT_COMMIT,
  /** A carried record that is not whole in its page is written again. */
  REPAIR_CARRIED,
  /** A carried record is written again only if its frame was the last that set its key. */
  REPAIR_CURRENT_ONLY,
  /** A record that its frame does not carry is forced before the frame is appended. */
  FORCE_BEFORE_FRAME,
  /** Where a force covers the log alone, a seal is forced before the frame that says so. */
  FORCE_BEFORE_SEALED,
  /** A record is charged to every page that it touches. */
  CHARGE_EVERY_PAGE,
  /** A segment number is used again only when no snapshot can name the old segment. */
  REUSE_NUMBER_AFTER_SWEEP,
  /** An extent is unmapped for writing when every claim in it has ended. */
  UNMAP_AFTER_CLAIMS,
  /** The record that is no longer current is debited. */
  DEBIT_REPLACED,
  /** The full key is compared on every read. */
  COMPARE_KEY,
  /** Expiry is decided by wall time that never goes back. */
  EXPIRE_BY_WALL_TIME,
  /** Copies of records are forced before the frame that makes entries point to them. */
  RELOCATE_AFTER_FORCE,
  /** Entries of moved records are swung under the partition's lock, together with their frame. */
  SWING_UNDER_LOCK,
  /** Pages stay held from the reading of their records until the entries have swung. */
  HOLD_WHILE_MOVING,
  /** A spare log segment and room for snapshots and manifests are kept whatever else is full. */
  KEEP_RESERVE,
  /** A manifest holds where every job stands. */
  KEEP_JOB_STATES,
  /** The bound of the expiry of a segment covers the records that never expire. */
  EXPIRY_COVERS_LASTING,
  /** A sweep removes only what stood in pages that it holds when it looked at the bound. */
  SWEEP_HELD_PAGES,
  /** Nothing is known of the expiry of a segment into which the log put a record since. */
  EXPIRY_UNKNOWN_AFTER_REDO,
  /** What is read of the expiry of a segment covers all of its pages. */
  SURVEY_WHOLE_SEGMENT,
  /** Live records are evicted only where the store lacks room. */
  EVICT_AT_LIMIT,
  /** A job that does not evict moves every live record. */
  MOVE_ALL_THAT_LIVES,
  /** The removal of a record by those who make space is logged like any other. */
  LOG_REMOVALS,
  /** Those who make space remove an entry only if it still is what they found. */
  REMOVE_WHAT_WAS_FOUND,
  /** Files for copies of records are within the limits as all files are. */
  COPIES_WITHIN_LIMIT
}
