// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

import io.firn.compaction.CompactionConfig;
import io.firn.compaction.CompactionPlan;
import io.firn.compaction.FragmentationReport;
import io.firn.compaction.HealthLevel;
import io.firn.compaction.IntegrityReport;
import io.firn.compaction.JobKind;
import io.firn.compaction.JobOutcome;
import io.firn.compaction.JobPhase;
import io.firn.compaction.JobProgress;
import io.firn.compaction.JobRecord;
import java.time.Duration;

/** The values of the compaction, with the accessors that open data is made from. */
final class Rows {
  private Rows() {}

  record Running(JobProgress job) implements RunningJob {
    @Override
    public long getJobId() {
      return job.jobId();
    }

    @Override
    public String getCache() {
      return job.cache();
    }

    @Override
    public JobKind getKind() {
      return job.kind();
    }

    @Override
    public JobPhase getPhase() {
      return job.phase();
    }

    @Override
    public long getPlannedBytes() {
      return job.plannedBytes();
    }

    @Override
    public long getDoneBytes() {
      return job.doneBytes();
    }

    @Override
    public double getFraction() {
      return job.fraction();
    }

    @Override
    public long getRecords() {
      return job.records();
    }

    @Override
    public String getStarted() {
      return job.started().toString();
    }

    @Override
    public long getElapsedMillis() {
      return job.elapsed().toMillis();
    }

    @Override
    public long getRemainingMillis() {
      return job.eta().map(Duration::toMillis).orElse(-1L);
    }

    @Override
    public String getReason() {
      return job.reason();
    }
  }

  record Ended(JobRecord job) implements EndedJob {
    @Override
    public long getJobId() {
      return job.jobId();
    }

    @Override
    public String getCache() {
      return job.cache();
    }

    @Override
    public JobKind getKind() {
      return job.kind();
    }

    @Override
    public JobOutcome getOutcome() {
      return job.outcome();
    }

    @Override
    public String getStarted() {
      return job.started().toString();
    }

    @Override
    public long getDurationMillis() {
      return job.duration().toMillis();
    }

    @Override
    public int getFiles() {
      return job.files();
    }

    @Override
    public long getBytesBefore() {
      return job.bytesBefore();
    }

    @Override
    public long getBytesAfter() {
      return job.bytesAfter();
    }

    @Override
    public long getRecords() {
      return job.records();
    }

    @Override
    public String getReason() {
      return job.reason();
    }

    @Override
    public String getProblem() {
      return job.problem();
    }
  }

  record Planned(CompactionPlan plan) implements PlannedWork {
    @Override
    public int getFiles() {
      return plan.files();
    }

    @Override
    public long getSavedBytes() {
      return plan.savedBytes();
    }

    @Override
    public String[] getChosen() {
      return plan.batches().stream()
          .flatMap(batch -> batch.files().stream())
          .map(file -> file.segment().path() + ": " + file.detail())
          .toArray(String[]::new);
    }

    @Override
    public String[] getSkipped() {
      return plan.skipped().stream()
          .map(file -> file.segment().path() + ": " + file.reason() + ", " + file.detail())
          .toArray(String[]::new);
    }
  }

  record Checked(IntegrityReport report) implements CheckedRecords {
    @Override
    public boolean isClean() {
      return report.isClean();
    }

    @Override
    public long getPages() {
      return report.pages();
    }

    @Override
    public long getRecords() {
      return report.records();
    }

    @Override
    public long getEntries() {
      return report.entries();
    }

    @Override
    public long getFindingCount() {
      return report.findingCount();
    }

    @Override
    public String[] getFindings() {
      return report.findings().toArray(String[]::new);
    }
  }

  record Space(FragmentationReport report) implements CacheSpace {
    @Override
    public HealthLevel getLevel() {
      return report.level();
    }

    @Override
    public int getFiles() {
      return report.files();
    }

    @Override
    public int getFragmentedFiles() {
      return report.fragmentedFiles();
    }

    @Override
    public long getTotalBytes() {
      return report.totalBytes();
    }

    @Override
    public long getUsedBytes() {
      return report.usedBytes();
    }

    @Override
    public long getDeletedBytes() {
      return report.deletedBytes();
    }

    @Override
    public double getFragmentation() {
      return report.fragmentation();
    }
  }

  record Options(CompactionConfig config) implements CacheOptions {
    @Override
    public boolean isAutoCompact() {
      return config.autoCompact();
    }

    @Override
    public boolean isBackgroundEnabled() {
      return config.backgroundEnabled();
    }

    @Override
    public int getCompactThresholdFiles() {
      return config.compactThresholdFiles();
    }

    @Override
    public long getCompactThresholdBytes() {
      return config.compactThresholdBytes();
    }

    @Override
    public long getTargetFileSizeBytes() {
      return config.targetFileSizeBytes();
    }

    @Override
    public long getMinFileSizeBytes() {
      return config.minFileSizeBytes();
    }

    @Override
    public double getDeadRowShare() {
      return config.deadRowShare();
    }

    @Override
    public double getMinFragmentation() {
      return config.thresholds().minFragmentation();
    }

    @Override
    public int getMinDeletedRecords() {
      return config.thresholds().minDeletedRecords();
    }

    @Override
    public long getMinSpaceSavingsBytes() {
      return config.thresholds().minSpaceSavingsBytes();
    }

    @Override
    public double getMinSpaceSaving() {
      return config.minSpaceSaving();
    }

    @Override
    public long getTimeoutMillis() {
      return config.timeout().toMillis();
    }

    @Override
    public int getMaxConcurrentJobs() {
      return config.maxConcurrentJobs();
    }

    @Override
    public long getMaximumBytesPerSecond() {
      return config.maximumBytesPerSecond();
    }

    @Override
    public long getMaxRuntimeMillis() {
      return config.maxRuntime().toMillis();
    }
  }
}
