// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import java.util.concurrent.CompletableFuture;

/**
 * A job that somebody asked for.
 *
 * @param jobId its number, to follow it or to cancel it
 * @param result comes when it has ended
 * @param <T> what it results in
 */
public record AskedJob<T>(long jobId, CompletableFuture<T> result) {}
