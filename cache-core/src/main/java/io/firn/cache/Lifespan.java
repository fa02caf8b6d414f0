// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

/**
 * When an entry was written, and when it expires.
 *
 * @param writtenAtMillis wall time of the write, in whole seconds if it was read on disk; {@link
 *     #UNKNOWN} where nobody needs it
 * @param expiresAtMillis wall time from which on the entry is not served; {@link Lifetime#NEVER}
 */
record Lifespan(long writtenAtMillis, long expiresAtMillis) {
  static final long UNKNOWN = Long.MAX_VALUE;

  /** Of what never expires. */
  static final Lifespan ENDLESS = new Lifespan(UNKNOWN, Lifetime.NEVER);
}
