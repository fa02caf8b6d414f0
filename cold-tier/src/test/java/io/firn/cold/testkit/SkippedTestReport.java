// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;

/**
 * Writes the names of skipped and aborted tests to the file named by the system property {@code
 * firn.skipped.report}; the build fails when that file exists. A run without such tests leaves no
 * file. JUnit finds this class through {@code META-INF/services}; without the property it does
 * nothing.
 *
 * <p>A listener cannot fail the run itself: the launcher logs what a listener throws and goes on.
 */
public final class SkippedTestReport implements TestExecutionListener {
  private final @Nullable Path report;

  /** Creates the listener that the build uses. */
  public SkippedTestReport() {
    this(System.getProperty("firn.skipped.report"));
  }

  SkippedTestReport(@Nullable String report) {
    this.report = (report == null || report.isEmpty()) ? null : Path.of(report);
  }

  @Override
  public void testPlanExecutionStarted(TestPlan plan) {
    if (report != null) {
      try {
        Files.deleteIfExists(report);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    add(test, "skipped: " + reason);
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    if (result.getStatus() == TestExecutionResult.Status.ABORTED) {
      add(test, "aborted: " + result.getThrowable().map(Throwable::getMessage).orElse(""));
    }
  }

  private void add(TestIdentifier test, String why) {
    if (report != null) {
      try {
        Files.writeString(report, test.getUniqueId() + " " + why + "\n", UTF_8, CREATE, APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
