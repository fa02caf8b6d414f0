// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import io.firn.benchmarks.subject.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Random gets beside single positional reads of the same files, for a store that is larger than the
 * memory: most of both wait for the device. Whoever runs it bounds the memory of the process, page
 * cache included.
 */
final class ColdPhase {
  private static final int CALLS = 100_000;
  private static final int PERCENTILE = 99;

  /** What a device reads at least, as a rule. */
  private static final int BLOCK_BYTES = 4096;

  private final Task task;
  private final Documents documents;

  ColdPhase(Task task, Documents documents) {
    this.task = task;
    this.documents = documents;
  }

  void run(Subject subject) throws IOException {
    GetPhase warm = new GetPhase(subject, documents);
    warm.run(task.entries(), CALLS, task.seed() + 1);
    GetPhase gets = new GetPhase(subject, documents);
    gets.run(task.entries(), CALLS, task.seed());
    subject.close();
    Timing reads = readBlocks();
    Child.figure("p99 ratio", gets.timing().micros(PERCENTILE) / reads.micros(PERCENTILE));
    Child.figure("get p50 us", gets.timing().micros(50));
    Child.figure("get p99 us", gets.timing().micros(PERCENTILE));
    Child.figure("read p50 us", reads.micros(50));
    Child.figure("read p99 us", reads.micros(PERCENTILE));
    Child.figure("data MB", Directories.bytes(task.store()) / 1e6);
    Child.figure("misses", gets.misses());
    Child.figure("wrong", gets.wrong() + warm.wrong());
  }

  /** Reads blocks that lie anywhere in the files of the store, each as likely as every other. */
  private Timing readBlocks() throws IOException {
    List<FileChannel> files = new ArrayList<>();
    try {
      long blocks = 0;
      List<Long> firstBlocks = new ArrayList<>();
      for (Path path : Directories.files(task.store())) {
        FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
        files.add(file);
        firstBlocks.add(blocks);
        blocks += file.size() / BLOCK_BYTES;
      }
      SplittableRandom random = new SplittableRandom(task.seed());
      Timing unused = readBlocks(random, files, firstBlocks, blocks);
      return readBlocks(random, files, firstBlocks, blocks);
    } finally {
      files.forEach(ColdPhase::close);
    }
  }

  private static Timing readBlocks(
      SplittableRandom random, List<FileChannel> files, List<Long> firstBlocks, long blocks)
      throws IOException {
    Timing timing = new Timing();
    ByteBuffer block = ByteBuffer.allocateDirect(BLOCK_BYTES);
    for (int i = 0; i < CALLS; i++) {
      long number = random.nextLong(blocks);
      int file = files.size() - 1;
      while (firstBlocks.get(file) > number) {
        file--;
      }
      block.clear();
      long begin = System.nanoTime();
      int bytes = files.get(file).read(block, (number - firstBlocks.get(file)) * BLOCK_BYTES);
      timing.add(System.nanoTime() - begin);
      if (bytes != BLOCK_BYTES) {
        throw new IOException("a block of " + bytes + " bytes");
      }
    }
    return timing;
  }

  private static void close(FileChannel file) {
    try {
      file.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
