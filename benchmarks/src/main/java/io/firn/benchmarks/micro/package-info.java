// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
/** Micro-benchmarks of single parts, run by JMH. */
@NullMarked
package io.firn.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
