// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors

/** The threads of the compaction: a scheduler, and workers that run one job at a time. */
@NullMarked
package io.firn.compaction.worker;

import org.jspecify.annotations.NullMarked;
