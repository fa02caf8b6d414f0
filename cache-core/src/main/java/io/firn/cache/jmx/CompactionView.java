// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionException;
import io.firn.compaction.CompactionOptions;
import io.firn.compaction.CompactionTotals;
import io.firn.compaction.FragmentationReport;
import io.firn.compaction.HealthLevel;
import io.firn.compaction.JobPhase;
import io.firn.compaction.JobProgress;
import io.firn.compaction.worker.AskedJob;
import io.firn.compaction.worker.StoreCompaction;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanFeatureInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.NotificationEmitter;
import javax.management.StandardEmitterMBean;

/** Shows the compaction of a store. */
final class CompactionView extends StandardEmitterMBean implements CompactionMXBean {
  private final StoreCompaction compaction;
  private final Supplier<? extends Iterable<String>> caches;
  private final DoubleSupplier writeAmplification;

  /**
   * Creates a view.
   *
   * @param caches the names of all caches
   */
  CompactionView(
      StoreCompaction compaction,
      Supplier<? extends Iterable<String>> caches,
      DoubleSupplier writeAmplification,
      NotificationEmitter emitter) {
    super(CompactionMXBean.class, true, emitter);
    this.compaction = compaction;
    this.caches = caches;
    this.writeAmplification = writeAmplification;
  }

  @Override
  public Map<Long, RunningJob> getJobs() {
    Map<Long, RunningJob> rows = new LinkedHashMap<>();
    compaction.jobs().forEach(job -> rows.put(job.jobId(), new Rows.Running(job)));
    return rows;
  }

  @Override
  public Map<Long, EndedJob> getHistory() {
    Map<Long, EndedJob> rows = new LinkedHashMap<>();
    compaction.history().forEach(job -> rows.put(job.jobId(), new Rows.Ended(job)));
    return rows;
  }

  private static boolean runs(JobProgress job) {
    return job.phase() == JobPhase.RUNNING;
  }

  @Override
  public int getRunningJobs() {
    return (int) compaction.jobs().stream().filter(CompactionView::runs).count();
  }

  @Override
  public int getWaitingJobs() {
    return (int) compaction.jobs().stream().filter(job -> !runs(job)).count();
  }

  @Override
  public double getProgress() {
    List<JobProgress> running = compaction.jobs().stream().filter(CompactionView::runs).toList();
    long planned = running.stream().mapToLong(JobProgress::plannedBytes).sum();
    long done = running.stream().mapToLong(JobProgress::doneBytes).sum();
    return planned == 0 ? 1.0 : (double) done / planned;
  }

  private CompactionTotals totals() {
    return compaction.totals();
  }

  @Override
  public boolean isPaused() {
    return totals().paused();
  }

  @Override
  public long getPerformed() {
    return totals().performed();
  }

  @Override
  public long getFailed() {
    return totals().failed();
  }

  @Override
  public long getAbandoned() {
    return totals().abandoned();
  }

  @Override
  public long getReclaimedBytes() {
    return totals().reclaimedBytes();
  }

  @Override
  public long getWalkedBytes() {
    return totals().walkedBytes();
  }

  @Override
  public long getMovedBytes() {
    return totals().movedBytes();
  }

  @Override
  public long getBusyMillis() {
    return totals().busyMillis();
  }

  @Override
  public long getAverageMillis() {
    return totals().averageMillis();
  }

  @Override
  public long getFileBytes() {
    return compaction.space().fileBytes();
  }

  @Override
  public long getLiveBytes() {
    return compaction.space().liveBytes();
  }

  @Override
  public long getDebtBytes() {
    return compaction.space().debtBytes();
  }

  @Override
  public double getSpaceAmplification() {
    return compaction.space().spaceAmplification();
  }

  @Override
  public double getWriteAmplification() {
    return writeAmplification.getAsDouble();
  }

  @Override
  public Map<String, CacheOptions> getOptions() {
    return byCache(cache -> new Rows.Options(compaction.config(cache)));
  }

  @Override
  public Map<String, CacheSpace> getFragmentation() {
    return byCache(cache -> new Rows.Space(compaction.checkFragmentation(cache)));
  }

  @Override
  public HealthLevel getHealth() {
    return byCache(compaction::checkFragmentation).values().stream()
        .map(FragmentationReport::level)
        .max(Comparator.naturalOrder())
        .orElse(HealthLevel.HEALTHY);
  }

  private <T> Map<String, T> byCache(Function<String, ? extends T> row) {
    Map<String, T> rows = new LinkedHashMap<>();
    for (String cache : caches.get()) {
      try {
        rows.put(cache, row.apply(cache));
      } catch (IllegalArgumentException e) {
        // It was dropped meanwhile.
      }
    }
    return rows;
  }

  @Override
  public long compact(String cache) {
    return ask(() -> compaction.askToCompact(cache, CompactionOptions.defaults()));
  }

  @Override
  public long compact(
      String cache,
      long targetFileSizeBytes,
      long minFileSizeBytes,
      double minSpaceSaving,
      long timeoutMillis) {
    CompactionOptions options =
        CompactionOptions.builder()
            .targetFileSizeBytes(targetFileSizeBytes)
            .minFileSizeBytes(minFileSizeBytes)
            .minSpaceSaving(minSpaceSaving)
            .timeout(Duration.ofMillis(timeoutMillis))
            .build();
    return ask(() -> compaction.askToCompact(cache, options));
  }

  @Override
  public PlannedWork plan(String cache) {
    return new Rows.Planned(compaction.plan(cache, CompactionOptions.defaults()));
  }

  @Override
  public long purgeExpired(String cache) {
    return ask(() -> compaction.askToPurge(cache));
  }

  /** A caller may be elsewhere, where Firn's exceptions are not known. */
  private static long ask(Supplier<? extends AskedJob<?>> request) {
    AskedJob<?> job;
    try {
      job = request.get();
    } catch (CompactionException e) {
      throw new IllegalStateException(e.getMessage());
    }
    if (job.result().isCompletedExceptionally()) {
      throw new IllegalStateException("the request was not taken; the store may be closed");
    }
    return job.jobId();
  }

  private static void tell(Runnable request) {
    try {
      request.run();
    } catch (CompactionException e) {
      throw new IllegalStateException(e.getMessage());
    }
  }

  @Override
  public void cancel(long jobId) {
    tell(() -> compaction.cancel(jobId));
  }

  @Override
  public void pause() {
    tell(compaction::pause);
  }

  @Override
  public void resume() {
    tell(compaction::resume);
  }

  /** One at a time, so that no change is lost that another call makes meanwhile. */
  @Override
  public synchronized void configure(String cache, String option, String value) {
    CompactionConfig changed = OptionNames.changed(compaction.config(cache), option, value);
    tell(() -> compaction.configure(cache, changed));
  }

  @Override
  public CheckedRecords checkIntegrity(String cache) {
    return new Rows.Checked(compaction.checkIntegrity(cache));
  }

  @Override
  protected String getDescription(MBeanInfo info) {
    return Descriptions.ofType();
  }

  /** Not used, as each kind of feature has its own. */
  @Override
  protected String getDescription(MBeanFeatureInfo info) {
    return info.getDescription();
  }

  @Override
  protected String getDescription(MBeanAttributeInfo info) {
    return Descriptions.of(info);
  }

  @Override
  protected String getDescription(MBeanOperationInfo info) {
    return Descriptions.of(info).value();
  }

  @Override
  protected int getImpact(MBeanOperationInfo info) {
    return Descriptions.of(info).impact();
  }

  @Override
  protected String getDescription(
      MBeanOperationInfo operation, MBeanParameterInfo parameter, int sequence) {
    return Descriptions.of(operation, sequence);
  }

  @Override
  protected String getParameterName(
      MBeanOperationInfo operation, MBeanParameterInfo parameter, int sequence) {
    return Descriptions.method(operation).getParameters()[sequence].getName();
  }
}
