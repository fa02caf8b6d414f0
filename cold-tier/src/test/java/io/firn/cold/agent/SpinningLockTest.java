// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class SpinningLockTest {
  private int counter;

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void excludesOtherThreads(int processors) throws InterruptedException {
    Lock lock = new SpinningLock("counter", processors);
    Thread[] threads = new Thread[3];
    for (int i = 0; i < threads.length; i++) {
      threads[i] = new Thread(() -> count(lock, 20_000));
      threads[i].start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(counter).isEqualTo(60_000);
  }

  private void count(Lock lock, int times) {
    for (int i = 0; i < times; i++) {
      lock.lock();
      try {
        counter++;
      } finally {
        lock.unlock();
      }
    }
  }

  @Test
  void parksWhileAnotherThreadHoldsItLong() throws InterruptedException {
    Lock lock = new SpinningLock("held", 2);
    AtomicBoolean entered = new AtomicBoolean();
    Thread other =
        new Thread(
            () -> {
              lock.lock();
              try {
                entered.set(true);
              } finally {
                lock.unlock();
              }
            });
    lock.lock();
    try {
      other.start();
      while (other.getState() != Thread.State.WAITING) {
        Thread.onSpinWait();
      }
      assertThat(entered).isFalse();
    } finally {
      lock.unlock();
    }
    other.join();
    assertThat(entered).isTrue();
  }

  @Test
  void conditionsWork() {
    Lock lock = new SpinningLock("condition", 2);
    Condition changed = lock.newCondition();
    AtomicBoolean value = new AtomicBoolean();
    CompletableFuture<Void> waiter =
        CompletableFuture.runAsync(
            () -> {
              lock.lock();
              try {
                while (!value.get()) {
                  changed.awaitUninterruptibly();
                }
              } finally {
                lock.unlock();
              }
            });
    lock.lock();
    try {
      value.set(true);
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    assertThat(waiter.join()).isNull();
  }

  @Test
  void offersTheWholeInterfaceOfALock() throws InterruptedException {
    Lock lock = new SpinningLock("whole", 2);
    assertThat(lock.tryLock()).isTrue();
    assertThat(lock.toString()).startsWith("whole").contains("Locked by");
    assertThat(CompletableFuture.supplyAsync(lock::tryLock).join()).isFalse();
    lock.unlock();
    assertThat(lock.tryLock(1, TimeUnit.SECONDS)).isTrue();
    lock.unlock();
    Thread.currentThread().interrupt();
    assertThatThrownBy(lock::lockInterruptibly).isInstanceOf(InterruptedException.class);
  }
}
