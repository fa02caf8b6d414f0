// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

import java.nio.ByteBuffer;

/**
 * Memory outside the heap, and the one way to give it back.
 *
 * @param buffer the bytes, a direct buffer that is neither a slice nor a duplicate
 * @param release gives them back; called once, when nobody uses the buffer any more
 */
record NativeBlock(ByteBuffer buffer, Runnable release) {}
