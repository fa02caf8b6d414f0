// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import io.firn.cold.model.SteadyThread;
import io.firn.cold.model.TimeSource;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * I/O workers on threads of their own, with one bounded queue. Whoever submits while it is full
 * waits, and an interrupt does not end the waiting; a worker that submits runs the operation
 * itself, so that workers never wait for one another. Thread-safe.
 */
final class ThreadPoolIo implements AsyncIo {
  private final OperationRecorder recorder;
  private final int queueCapacity;
  private final List<SteadyThread> workers = new ArrayList<>();
  private final Lock lock = new ReentrantLock();
  private final Condition notEmpty = lock.newCondition();
  private final Condition notFull = lock.newCondition();
  private final Deque<Runnable> queue = new ArrayDeque<>();
  private boolean closed;

  private ThreadPoolIo(int queueCapacity, TimeSource time) {
    this.queueCapacity = queueCapacity;
    this.recorder = new OperationRecorder(time);
  }

  static ThreadPoolIo start(int workers, int queueCapacity, TimeSource time) {
    if (workers < 1 || queueCapacity < 1) {
      throw new IllegalArgumentException(workers + " workers, a queue of " + queueCapacity);
    }
    ThreadPoolIo io = new ThreadPoolIo(queueCapacity, time);
    for (int i = 1; i <= workers; i++) {
      io.workers.add(new SteadyThread(io::work, "firn-io-" + i));
    }
    io.workers.forEach(Thread::start);
    return io;
  }

  @Override
  public <T> CompletableFuture<T> submit(DiskOperation kind, Call<T> call) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Runnable task = () -> recorder.run(kind, call, future);
    if (workers.contains(Thread.currentThread())) {
      task.run();
    } else if (!enqueue(task)) {
      future.completeExceptionally(
          new IOException("the I/O workers are closed, " + kind + " refused"));
    }
    return future;
  }

  @Override
  public <T> T run(DiskOperation kind, Call<T> call) throws IOException {
    if (!SteadyThread.isCurrent()) {
      return AsyncIo.super.run(kind, call);
    }
    CompletableFuture<T> future = new CompletableFuture<>();
    recorder.run(kind, call, future);
    return AsyncIo.await(future);
  }

  private boolean enqueue(Runnable task) {
    lock.lock();
    try {
      while (!closed && queue.size() >= queueCapacity) {
        notFull.awaitUninterruptibly();
      }
      if (closed) {
        return false;
      }
      queue.add(task);
      notEmpty.signal();
      return true;
    } finally {
      lock.unlock();
    }
  }

  private void work() {
    for (Runnable task = next(); task != null; task = next()) {
      task.run();
    }
  }

  /** Returns the next operation, or {@code null} once the pool is closed and the queue is empty. */
  private @Nullable Runnable next() {
    lock.lock();
    try {
      while (!closed && queue.isEmpty()) {
        notEmpty.awaitUninterruptibly();
      }
      Runnable task = queue.poll();
      notFull.signal();
      return task;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public AsyncIoStats stats() {
    int queued;
    lock.lock();
    try {
      queued = queue.size();
    } finally {
      lock.unlock();
    }
    return recorder.stats(queued, workers.size());
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      notEmpty.signalAll();
      notFull.signalAll();
    } finally {
      lock.unlock();
    }
    boolean interrupted = false;
    for (SteadyThread worker : workers) {
      interrupted |= joined(worker);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for the end of a worker; tells whether the caller was interrupted meanwhile. */
  private static boolean joined(SteadyThread worker) {
    boolean interrupted = false;
    while (worker != Thread.currentThread()) {
      try {
        worker.join();
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    return interrupted;
  }
}
