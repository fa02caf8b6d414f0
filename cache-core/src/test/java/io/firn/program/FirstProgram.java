// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.program;

// The README shows what follows. A second run finds on disk what the first one stored.
// tag::program[]
import io.firn.cache.Firn;
import io.firn.cache.TieredCache;
import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.time.Duration;

/** Caches two pages; the second run finds one of them on disk. */
public final class FirstProgram {
  public static void main(String[] args) {
    try (Firn firn = Firn.in(Path.of(args[0])).open();
        TieredCache<String, String> pages =
            firn.cache("pages", Codec.utf8(), Codec.utf8()).open()) {
      System.out.println(pages.get("/index", path -> "rendered " + path));
      pages.put("/news", "good for five minutes", Duration.ofMinutes(5));
      System.out.println("hits on disk: " + pages.stats().coldHits());
    }
  }
}
// end::program[]
