// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import io.firn.cold.engine.PendingWrite;

/**
 * A put or a removal between its preparation and its commit. For one thread, in try-with-resources;
 * never used after it was closed. Closing abandons what was not committed.
 */
public final class ColdWrite extends PendingWrite {
  ColdWrite() {}
}
