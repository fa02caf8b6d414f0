// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

/**
 * Where a long-running job stood at the checkpoint.
 *
 * @param jobId the job
 * @param kind what it does, 0 to 255
 * @param state encoded by the job
 */
public record JobEntry(long jobId, int kind, Octets state) {}
