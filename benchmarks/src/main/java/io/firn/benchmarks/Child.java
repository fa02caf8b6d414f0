// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks;

import io.firn.benchmarks.subject.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/**
 * The main program of the JVM that runs one phase of one subject; it prints its figures, one a
 * line.
 */
final class Child {
  /** What a line with a figure begins with, so that a peer's own output is not taken for one. */
  static final String FIGURE = "figure ";

  /** The line that says that everything was put and acknowledged. */
  static final String READY = "ready";

  static final long GETS = 300_000;
  private static final long WARM_GET_NANOS = Duration.ofSeconds(20).toNanos();
  private static final long SYNC_WARM_UP = 50_000;
  private static final long SYNC_PUTS = 50_000;
  private static final long MIX_CALLS = 600_000;

  /** Until the compiler is done, which else takes as much of two processors as the calls. */
  private static final int MIX_WARM_UPS = 5;

  private static final int PROBES_AFTER_OPEN = 10_000;

  private final Task task;
  private final Documents documents;

  private Child(Task task) {
    this.task = task;
    this.documents = new Documents(task.seed(), task.valueBytes());
  }

  public static void main(String[] arguments) throws Exception {
    new Child(Task.parse(arguments)).run();
    System.out.flush();
    // Some peers leave threads behind that would keep the process alive.
    Runtime.getRuntime().halt(0);
  }

  private void run() throws Exception {
    switch (task.what()) {
      case PUT -> put();
      case SYNC -> sync();
      case LOAD -> load();
      case MIX -> mix();
      case PUT_AND_WAIT -> putAndWait();
      case GET -> get();
      case COLD -> new ColdPhase(task, documents).run(openStore());
      case OPEN -> open();
      case MEMORY -> new MemoryPhase(task, documents).run();
      case UNIFORM -> steady(SteadyPhase.Load.UNIFORM);
      case ZIPF -> steady(SteadyPhase.Load.ZIPF);
      case HOT -> steady(SteadyPhase.Load.HOT);
      case EXPIRING -> steady(SteadyPhase.Load.EXPIRING);
      case SHRINK -> new SpacePhase(task, documents).shrink();
      case DELETE -> new SpacePhase(task, documents).delete();
      case EXPIRE -> new SpacePhase(task, documents).expire();
      case COMPACT -> new CompactPhase(task, documents).run();
      case LIMITS -> new LimitsPhase(task, documents).run();
      case CACHES -> new CachesPhase(task).run();
    }
  }

  private void put() {
    warmUp();
    Subject subject = openStore();
    Timing timing = new PutPhase(subject, documents, task.threads()).run(0, task.entries());
    long begin = System.nanoTime();
    subject.close();
    figure("close ms", (System.nanoTime() - begin) / 1e6);
    report(timing);
    figure("disk MB", Directories.bytes(task.store()) / 1e6);
  }

  private void sync() {
    warmUp();
    Subject subject = task.kind().create();
    Directories.create(task.store());
    subject.openSync(task.store(), task.entries());
    PutPhase phase = new PutPhase(subject, documents, task.threads());
    phase.run(0, SYNC_WARM_UP);
    Timing timing = phase.run(SYNC_WARM_UP, SYNC_WARM_UP + Math.min(SYNC_PUTS, task.entries()));
    subject.close();
    report(timing);
  }

  /** What the process made the system write, which counts a page once until it is written back. */
  private void load() throws IOException {
    Subject subject = openStore();
    Device device = new Device(task.store());
    long deviceBefore = device.writtenBytes();
    long before = Memory.writtenBytes();
    new PutPhase(subject, documents, task.threads()).run(0, task.entries());
    subject.close();
    double written = Memory.writtenBytes() - before;
    Directories.force(task.store());
    double onDevice = device.writtenBytes() - deviceBefore;
    double user = 0;
    for (long n = 0; n < task.entries(); n++) {
      user += documents.key(n).length + documents.value(n).length;
    }
    figure("device", onDevice / user);
    figure("written", written / user);
    figure("on disk", Directories.bytes(task.store()) / user);
    figure("user MB", user / 1e6);
    figure("written MB", written / 1e6);
  }

  private void steady(SteadyPhase.Load load) throws IOException {
    new SteadyPhase(task, documents, load).run();
  }

  private void mix() {
    Subject subject = openStore();
    new PutPhase(subject, documents, task.threads()).run(0, task.entries());
    MixPhase phase = new MixPhase(subject, documents, task.entries());
    for (int i = 1; i <= MIX_WARM_UPS; i++) {
      Timing unused = phase.run(task.threads(), MIX_CALLS, task.seed() + i);
    }
    MixPhase timed = new MixPhase(subject, documents, task.entries());
    report(timed.run(task.threads(), MIX_CALLS, task.seed()));
    figure("misses", timed.misses());
    figure("wrong", timed.wrong());
    subject.close();
  }

  private void putAndWait() throws IOException {
    Subject subject = openStore();
    Timing timing = new PutPhase(subject, documents, task.threads()).run(0, task.entries());
    report(timing);
    System.out.println(READY);
    System.out.flush();
    if (System.in.read() >= 0) {
      throw new IllegalStateException("nothing is expected on standard input");
    }
  }

  private void get() {
    Subject subject = openStore();
    GetPhase warm = new GetPhase(subject, documents);
    warm.warm(task.entries(), WARM_GET_NANOS);
    warm.run(task.entries(), Math.min(GETS, task.warmUp()), task.seed() + 1);
    GetPhase phase = new GetPhase(subject, documents);
    phase.run(task.entries(), GETS, task.seed());
    report(phase.timing());
    figure("misses", phase.misses());
    figure("wrong", phase.wrong() + warm.wrong());
    subject.close();
  }

  /** Class loading is not what is measured, so a small store is opened first. */
  private void open() {
    warmUp();
    Subject subject = task.kind().create();
    long begin = System.nanoTime();
    subject.open(task.store(), task.entries());
    long opened = System.nanoTime();
    byte[] first = subject.get(documents.key(0));
    long hit = System.nanoTime();
    figure("open ms", (opened - begin) / 1e6);
    figure("first hit ms", (hit - begin) / 1e6);
    figure("first was a hit", first != null && documents.matches(0, first) ? 1 : 0);
    GetPhase probe = new GetPhase(subject, documents);
    probe.run(task.entries(), PROBES_AFTER_OPEN, task.seed());
    figure("misses", probe.misses());
    figure("wrong", probe.wrong());
    subject.close();
  }

  /** Runs puts, gets and a second opening against a store that is thrown away. */
  private void warmUp() {
    if (task.warmUp() == 0) {
      return;
    }
    Path directory = task.directory().resolve("warm-up");
    Directories.create(directory);
    Subject subject = task.kind().create();
    subject.open(directory, task.warmUp());
    new PutPhase(subject, documents, task.threads()).run(0, task.warmUp());
    subject.close();
    subject.open(directory, task.warmUp());
    GetPhase gets = new GetPhase(subject, documents);
    gets.run(task.warmUp(), Math.min(task.warmUp(), PROBES_AFTER_OPEN), task.seed());
    subject.close();
    Directories.delete(directory);
  }

  private Subject openStore() {
    try {
      Files.createDirectories(task.store());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Subject subject = task.kind().create();
    subject.open(task.store(), task.entries());
    return subject;
  }

  private static void report(Timing timing) {
    figure("mean us", timing.meanMicros());
    figure("cpu us", timing.cpuMicros());
    figure("p50 us", timing.micros(50));
    figure("p99 us", timing.micros(99));
    figure("max us", timing.micros(100));
    figure("per second", timing.callsPerSecond());
  }

  static void figure(String name, long value) {
    System.out.println(FIGURE + name + " = " + value);
  }

  static void figure(String name, double value) {
    System.out.println(FIGURE + name + " = " + String.format(Locale.ROOT, "%.4f", value));
  }
}
