// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.SLF4JServiceProvider;

/** What is found when a service has a provider, has none, or has a broken one. */
final class LoggersTest {
  @TempDir private Path directory;

  @Test
  void of_withProvider_isThatProvidersLogger() {
    assertThat(Loggers.of(LoggersTest.class)).isSameAs(LoggerFactory.getLogger(LoggersTest.class));
  }

  @Test
  void hasProvider_withoutOne_isFalse() throws IOException {
    assertThat(finds(null)).isFalse();
  }

  @Test
  void hasProvider_withBrokenOne_isTrue() throws IOException {
    assertThat(finds("no.such.Provider")).isTrue();
  }

  /** Looks with a class loader that sees SLF4J's API, and the one provider named. */
  private boolean finds(@Nullable String provider) throws IOException {
    if (provider != null) {
      Path services = Files.createDirectories(directory.resolve("META-INF/services"));
      Files.writeString(services.resolve(SLF4JServiceProvider.class.getName()), provider);
    }
    URL[] seen = {directory.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(seen, new ApiOnly())) {
      return Loggers.hasProvider(loader);
    }
  }

  /** Delegates for classes, and finds no resource, so that it hides the provider of the tests. */
  private static final class ApiOnly extends ClassLoader {
    @Override
    public Enumeration<URL> getResources(String name) {
      return Collections.emptyEnumeration();
    }
  }
}
