// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.ColdStore;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.engine.Table;
import io.firn.cold.engine.VerifyReport;
import io.firn.cold.model.Loggers;
import io.firn.compaction.Compaction;
import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionEvent;
import io.firn.compaction.CompactionException;
import io.firn.compaction.CompactionOptions;
import io.firn.compaction.CompactionPlan;
import io.firn.compaction.CompactionResult;
import io.firn.compaction.CompactionTotals;
import io.firn.compaction.ExpiryResult;
import io.firn.compaction.FragmentationReport;
import io.firn.compaction.IntegrityReport;
import io.firn.compaction.JobProgress;
import io.firn.compaction.JobRecord;
import io.firn.compaction.SegmentInfo;
import io.firn.compaction.SpaceReport;
import io.firn.compaction.plan.FilePlanner;
import io.firn.compaction.plan.HealthCheck;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.slf4j.Logger;

/** The compaction of a store that is open. Thread-safe. */
public final class StoreCompaction implements Compaction, AutoCloseable {
  private static final Logger LOG = Loggers.of(StoreCompaction.class);

  private final StoreSpace space;
  private final SavedStates states;
  private final AtomicLong nextJobId;
  private final Map<Long, CompletableFuture<JobEnd>> asked = new ConcurrentHashMap<>();
  private final List<Consumer<? super CompactionEvent>> listeners = new CopyOnWriteArrayList<>();

  /** What was set for tables, by id; a table that is missing has the defaults. */
  private final Map<Integer, CompactionConfig> configured = new ConcurrentHashMap<>();

  private final CompactionAgents agents;
  private volatile boolean closed;

  private StoreCompaction(StoreSpace space, int workers) {
    this.space = space;
    this.states = new SavedStates(space);
    SavedStates.Restored restored = states.load();
    this.nextJobId = new AtomicLong(restored.nextJobId());
    configured.putAll(restored.settings());
    this.agents =
        new CompactionAgents(
            space,
            workers,
            new Listener(),
            id -> configured.getOrDefault(id, CompactionConfig.defaults()),
            states,
            restored);
  }

  /**
   * Starts the compaction of a store, to be closed before it.
   *
   * @param workers how many jobs may run at a time, at least 1
   */
  public static StoreCompaction start(ColdStore store, int workers) {
    return start(store.space(), workers);
  }

  /**
   * Starts the compaction of a store.
   *
   * @param workers how many jobs may run at a time, at least 1
   */
  public static StoreCompaction start(StoreSpace space, int workers) {
    return new StoreCompaction(space, workers);
  }

  @Override
  public CompletableFuture<CompactionResult> compact(String cache, CompactionOptions options) {
    return askToCompact(cache, options).result();
  }

  /** As {@link #compact}, and also tells the number of the job. */
  public AskedJob<CompactionResult> askToCompact(String cache, CompactionOptions options) {
    int table = table(cache).id();
    Objects.requireNonNull(options, "options");
    return ask(id -> new SchedulerCommand.Compact(id, table, options), JobEnd::result);
  }

  @Override
  public CompactionPlan plan(String cache, CompactionOptions options) {
    Table table = table(cache);
    return FilePlanner.plan(
        TableView.segments(space, table),
        options.fitted(table.space().segmentBytes()),
        config(table).deadRowShare());
  }

  @Override
  public CompletableFuture<ExpiryResult> purgeExpired(String cache) {
    return askToPurge(cache).result();
  }

  /** As {@link #purgeExpired}, and also tells the number of the job. */
  public AskedJob<ExpiryResult> askToPurge(String cache) {
    int table = table(cache).id();
    return ask(
        id -> new SchedulerCommand.Purge(id, table),
        end ->
            new ExpiryResult(
                end.removed(),
                end.result().files(),
                end.result().reclaimedBytes(),
                end.result().duration()));
  }

  /** Sends a request, whose job may have ended before this returns. */
  private <T> AskedJob<T> ask(
      LongFunction<SchedulerCommand> request, Function<? super JobEnd, T> result) {
    long id = nextJobId.getAndIncrement();
    CompletableFuture<JobEnd> end = new CompletableFuture<>();
    asked.put(id, end);
    if (!agents.post(request.apply(id))) {
      CompletableFuture<JobEnd> unused = asked.remove(id);
      throw tooMany();
    }
    if (closed) {
      asked.remove(id, end);
      end.cancel(false); // nobody may be left to answer
    }
    return new AskedJob<>(id, end.thenApply(result));
  }

  @Override
  public void cancel(long jobId) {
    tell(new SchedulerCommand.Cancel(jobId));
  }

  @Override
  public List<JobProgress> jobs() {
    return agents.board().jobs();
  }

  @Override
  public List<JobRecord> history() {
    return agents.board().history();
  }

  @Override
  public CompactionTotals totals() {
    return agents.board().totals();
  }

  @Override
  public List<SegmentInfo> segments(String cache) {
    return TableView.segments(space, table(cache));
  }

  @Override
  public void configure(String cache, CompactionConfig config) {
    Objects.requireNonNull(config, "config");
    int table = table(cache).id();
    CompactionConfig unused =
        configured.compute(
            table,
            (id, before) -> {
              tell(new SchedulerCommand.Configure(id, config));
              return config;
            });
    save(table, cache);
  }

  /** Keeps the newest settings: whoever saves last has looked again after those of others. */
  private void save(int table, String cache) {
    CompactionConfig saved;
    do {
      saved = configured.getOrDefault(table, CompactionConfig.defaults());
      states.save(table, cache, saved);
    } while (!saved.equals(configured.get(table)));
  }

  @Override
  public CompactionConfig config(String cache) {
    return config(table(cache));
  }

  private CompactionConfig config(Table table) {
    return configured.getOrDefault(table.id(), CompactionConfig.defaults());
  }

  @Override
  public FragmentationReport checkFragmentation(String cache) {
    Table table = table(cache);
    return HealthCheck.files(TableView.segments(space, table), config(table).thresholds());
  }

  @Override
  public IntegrityReport checkIntegrity(String cache) {
    VerifyReport report = space.verify(table(cache));
    return new IntegrityReport(
        report.pages(),
        report.records(),
        report.entries(),
        report.counts().values().stream().mapToLong(Long::longValue).sum(),
        report.findings().stream().map(Object::toString).toList());
  }

  @Override
  public SpaceReport space() {
    return HealthCheck.space(
        space.usedBytes(),
        space.tables().stream().map(table -> TableView.segments(space, table)).toList());
  }

  @Override
  public AutoCloseable onEvent(Consumer<? super CompactionEvent> listener) {
    listeners.add(listener);
    return () -> {
      boolean unused = listeners.remove(listener);
    };
  }

  @Override
  public void pause() {
    tell(new SchedulerCommand.Pause(true));
  }

  @Override
  public void resume() {
    tell(new SchedulerCommand.Pause(false));
  }

  private void tell(SchedulerCommand command) {
    if (!agents.post(command)) {
      throw tooMany();
    }
  }

  private static CompactionException tooMany() {
    return new CompactionException("too many requests wait; try again later");
  }

  private Table table(String cache) {
    return space.tables().stream()
        .filter(each -> each.name().equals(cache))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no cache is called " + cache));
  }

  /** Ends all work; jobs that run are given up. A second call does nothing. */
  @Override
  public void close() {
    closed = true;
    agents.close();
    asked.forEach((id, end) -> end.cancel(false));
    asked.clear();
  }

  /** Completes futures and passes events on. */
  private final class Listener implements JobListener {
    @Override
    public void onEvent(CompactionEvent event) {
      for (Consumer<? super CompactionEvent> each : listeners) {
        try {
          each.accept(event);
        } catch (RuntimeException e) {
          LOG.warn("a listener failed", e);
        }
      }
    }

    @Override
    public void onEnd(JobEnd end) {
      CompletableFuture<JobEnd> future = asked.remove(end.jobId());
      if (future == null) {
        return;
      }
      boolean unused =
          switch (end.outcome()) {
            case COMPLETED -> future.complete(end);
            case FAILED -> future.completeExceptionally(new CompactionException(end.problem()));
            case ABANDONED ->
                future.completeExceptionally(new CancellationException(end.problem()));
          };
    }
  }
}
