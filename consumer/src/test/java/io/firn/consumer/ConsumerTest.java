// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The service in a JVM of its own, started without any flag. */
final class ConsumerTest {
  private static final long TIMEOUT_SECONDS = 120;

  @TempDir private Path directory;

  @Test
  void service_runsOnThisJdk_withoutFlagsOrNoise() throws Exception {
    runsCleanly(Path.of(property("java.home")));
  }

  @Tag("jdk25")
  @Test
  void service_runsOnJdk25_withoutFlagsOrNoise() throws Exception {
    runsCleanly(Path.of(property("firn.jdk25.home")));
  }

  @Test
  void optionalLibraries_areNotBrought() throws IOException {
    assertThat(classPath()).contains("cache-core").doesNotContain("jackson-");
  }

  private void runsCleanly(Path javaHome) throws IOException, InterruptedException {
    Path out = directory.resolve("out.txt");
    Path err = directory.resolve("err.txt");
    ProcessBuilder builder =
        new ProcessBuilder(
            javaHome.resolve("bin").resolve("java").toString(),
            "-cp",
            classPath(),
            Consumer.class.getName(),
            directory.resolve("store").toString());
    builder.environment().remove("JDK_JAVA_OPTIONS");
    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
    try {
      assertThat(process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    assertThat(Files.readString(err)).isEmpty();
    assertThat(Files.readString(out).strip()).isEqualTo("found 1000 of 1000");
    assertThat(process.exitValue()).isZero();
  }

  /** The compiled service and what its pom brings at run time; nothing of the tests. */
  private static String classPath() throws IOException {
    Path classes =
        Path.of(Objects.requireNonNull(System.getProperty("basedir")), "target", "classes");
    return classes
        + File.pathSeparator
        + Files.readString(Path.of(property("firn.consumer.classpath"))).strip();
  }

  private static String property(String name) {
    return Objects.requireNonNull(System.getProperty(name), name);
  }
}
