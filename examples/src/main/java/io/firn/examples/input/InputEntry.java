// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.input;

/**
 * One key of the input and the size of its value.
 *
 * @param key unique in the input
 * @param sizeBytes of the value; a file that changes while the tour runs may turn out different
 */
public record InputEntry(String key, long sizeBytes) {}
