// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

/**
 * A run of pages that a stream is filling; recovery seals it.
 *
 * @param segment the segment
 * @param firstPage first page of the run
 * @param pages how many
 */
public record OpenExtent(int segment, int firstPage, int pages) {}
