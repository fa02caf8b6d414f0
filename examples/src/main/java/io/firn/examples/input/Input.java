// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.input;

import java.io.IOException;
import java.util.List;

/** What the tour caches. Read by one thread. */
public interface Input {
  /** No input gives more bytes than this, so that the tour stays within its disk space. */
  long MAXIMUM_BYTES = 160L << 20;

  /** Says in a few words what this is. */
  String description();

  /** Returns the entries; the index in this list stands for the entry everywhere. */
  List<InputEntry> entries();

  /** Returns the original value of the entry with this index. */
  byte[] read(int index) throws IOException;

  /** Returns how many requests the load phase makes. */
  int requestCount();

  /** Returns the index of the entry that a request asks for. */
  int request(int number);

  /**
   * Returns whether the requests look a key up and load it on a miss, as a service does; otherwise
   * each stores its entry.
   */
  boolean loadsOnMiss();

  /** Returns the bytes of all values. */
  default long totalBytes() {
    return entries().stream().mapToLong(InputEntry::sizeBytes).sum();
  }
}
