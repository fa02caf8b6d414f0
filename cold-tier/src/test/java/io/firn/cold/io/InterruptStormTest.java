// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cold.io.Disk.OpenMode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class InterruptStormTest {
  private static final int THREADS = 4;
  private static final int ROUNDS = 600;
  private static final int BLOCK = 20_000;

  @TempDir Path directory;

  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final Set<FileChannel> channels = ConcurrentHashMap.newKeySet();
  private final AtomicIntegerArray flagsSeen = new AtomicIntegerArray(THREADS);

  @Test
  void nothingClosesNothingIsLostAndFlagsSurvive() throws IOException, InterruptedException {
    NioDisk disk = NioDisk.open(directory);
    try (NioFile file = (NioFile) disk.open("storm", OpenMode.CREATE)) {
      AtomicInteger running = new AtomicInteger(THREADS);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int number = i;
        threads.add(
            new Thread(
                () -> {
                  try {
                    writeAndReadBack(file, number);
                  } catch (Throwable e) {
                    failures.add(e);
                  } finally {
                    running.decrementAndGet();
                  }
                }));
      }
      threads.forEach(Thread::start);
      while (running.get() > 0) {
        threads.forEach(Thread::interrupt);
        channels.add(file.sharedChannel());
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(failures).isEmpty();
      for (int i = 0; i < THREADS; i++) {
        assertThat(flagsSeen.get(i)).isPositive();
        assertThat(read(file, i)).containsOnly(patternOf(i, ROUNDS - 1));
      }
      assertThat(channels).as("channels lost to interrupts").hasSizeGreaterThan(1);
    }
  }

  private void writeAndReadBack(NioFile file, int number) throws IOException {
    byte[] bytes = new byte[BLOCK];
    for (int count = 0; count < ROUNDS || !isStruck(number); count++) {
      int round = Math.min(count, ROUNDS - 1);
      byte pattern = patternOf(number, round);
      Arrays.fill(bytes, pattern);
      file.write((long) number * BLOCK, bytes, 0, BLOCK);
      if (round % 50 == 0) {
        file.force();
      }
      byte[] seen = read(file, number);
      if (!Arrays.equals(bytes, seen)) {
        throw new AssertionError("thread " + number + " lost round " + round);
      }
      if (Thread.interrupted()) {
        flagsSeen.incrementAndGet(number);
      }
    }
  }

  /** Tells whether interrupts have come here, and taken a channel; who sends them may be late. */
  private boolean isStruck(int number) {
    return flagsSeen.get(number) > 0 && channels.size() > 1;
  }

  private static byte[] read(NioFile file, int number) throws IOException {
    byte[] seen = new byte[BLOCK];
    file.read((long) number * BLOCK, seen, 0, BLOCK);
    return seen;
  }

  private static byte patternOf(int number, int round) {
    return (byte) (number * 61 + round);
  }

  @Test
  void aCallThatKeepsLosingTheChannelStillEnds() throws IOException, InterruptedException {
    NioDisk disk = NioDisk.open(directory);
    try (NioFile file = (NioFile) disk.open("closed", OpenMode.CREATE)) {
      byte[] bytes = new byte[8 << 20];
      Arrays.fill(bytes, (byte) 3);
      file.write(0, bytes, 0, bytes.length);
      List<byte[]> seen = Collections.synchronizedList(new ArrayList<>());
      Thread reader =
          new Thread(
              () -> {
                byte[] target = new byte[bytes.length];
                try {
                  file.read(0, target, 0, target.length);
                  seen.add(target);
                } catch (IOException e) {
                  failures.add(e);
                }
              });
      reader.start();
      while (reader.isAlive()) {
        file.sharedChannel().close();
      }
      reader.join();
      assertThat(failures).isEmpty();
      assertThat(seen).hasSize(1).allSatisfy(read -> assertThat(read).isEqualTo(bytes));
    }
  }
}
