// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.kill;

/**
 * One write of one key.
 *
 * @param key 0 to {@link KillPlan#KEYS}, exclusive
 * @param version 1 for the first operation of the key, then counting up; never used twice
 * @param isRemove whether the key is removed, else a value of this version is put
 */
record Operation(int key, int version, boolean isRemove) {}
