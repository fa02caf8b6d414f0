// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

/**
 * A compression dictionary.
 *
 * @param id of the dictionary
 * @param table that uses it
 * @param length in bytes
 * @param crc CRC32C of its bytes
 */
public record DictionaryEntry(int id, int table, int length, int crc) {}
