// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.examples.input;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A trace of cache requests, one key per line, plain or {@code .gz}. The values come from {@link
 * Documents}. Reading stops before the values together exceed {@link Input#MAXIMUM_BYTES}.
 */
public final class TraceInput implements Input {
  private static final int MAXIMUM_REQUESTS = 5_000_000;

  private final Path file;
  private final Documents documents;
  private final List<InputEntry> entries = new ArrayList<>();
  private int[] requests = new int[1 << 16];
  private int requestCount;

  /**
   * Reads a trace.
   *
   * @throws IOException if it cannot be read or holds no key
   */
  public TraceInput(Path file, long seed) throws IOException {
    this.file = file;
    this.documents = new Documents(seed);
    try (BufferedReader lines = open(file)) {
      readAll(lines);
    } catch (ZipException | EOFException e) {
      throw new IOException(file + " is no whole .gz file: " + e.getMessage(), e);
    }
    if (requestCount == 0) {
      throw new IOException("no key in " + file);
    }
  }

  private static BufferedReader open(Path file) throws IOException {
    InputStream bytes = Files.newInputStream(file);
    try {
      InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
      return new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8));
    } catch (IOException e) {
      bytes.close();
      throw e;
    }
  }

  private void readAll(BufferedReader lines) throws IOException {
    Map<String, Integer> indexes = new HashMap<>();
    long bytes = 0;
    for (String line = lines.readLine();
        line != null && requestCount < MAXIMUM_REQUESTS;
        line = lines.readLine()) {
      String key = line.strip();
      if (key.isEmpty()) {
        continue;
      }
      Integer index = indexes.get(key);
      if (index == null) {
        int size = documents.sizeBytes(key);
        bytes += size;
        if (bytes > MAXIMUM_BYTES) {
          return;
        }
        index = entries.size();
        indexes.put(key, index);
        entries.add(new InputEntry(key, size));
      }
      add(index);
    }
  }

  private void add(int index) {
    if (requestCount == requests.length) {
      requests = Arrays.copyOf(requests, 2 * requestCount);
    }
    requests[requestCount] = index;
    requestCount++;
  }

  @Override
  public String description() {
    return String.format("%,d requests of %s", requestCount, file.getFileName());
  }

  @Override
  public List<InputEntry> entries() {
    return Collections.unmodifiableList(entries);
  }

  @Override
  public byte[] read(int index) {
    return documents.document(entries.get(index).key());
  }

  @Override
  public int requestCount() {
    return requestCount;
  }

  @Override
  public int request(int number) {
    return requests[number];
  }

  @Override
  public boolean loadsOnMiss() {
    return true;
  }
}
