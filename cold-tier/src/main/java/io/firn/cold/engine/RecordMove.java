// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

/**
 * A live record that stands elsewhere now; its entry points to the copy, and so will recovery.
 *
 * @param tableId the table
 * @param hash of the record's key
 * @param from the address word that the entry had, without visits
 * @param to the address word that the entry got, without visits
 * @param bytes length of the copy
 */
public record RecordMove(int tableId, long hash, long from, long to, int bytes) {}
