// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.model;

import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.SLF4JServiceProvider;

/**
 * Hands out the engine's loggers. In a service without an SLF4J provider they are silent, and SLF4J
 * does not say so on the error stream. Thread-safe.
 */
public final class Loggers {
  /* SLF4J reads the first property once, when its first logger is asked for; the second names a
   * provider that the service loader need not find. */
  private static final String VERBOSITY = "slf4j.internal.verbosity";
  private static final String EXPLICIT_PROVIDER = "slf4j.provider";

  static {
    if (System.getProperty(VERBOSITY) == null
        && System.getProperty(EXPLICIT_PROVIDER) == null
        && !hasProvider(LoggerFactory.class.getClassLoader())) {
      System.setProperty(VERBOSITY, "ERROR");
      try {
        LoggerFactory.getILoggerFactory();
      } finally {
        System.clearProperty(VERBOSITY);
      }
    }
  }

  private Loggers() {}

  /** Returns the logger named after a class. */
  public static Logger of(Class<?> owner) {
    return LoggerFactory.getLogger(owner);
  }

  /**
   * Tells whether SLF4J finds a provider; one that is there but broken counts, so that it tells.
   */
  static boolean hasProvider(ClassLoader loader) {
    try {
      return ServiceLoader.load(SLF4JServiceProvider.class, loader).findFirst().isPresent();
    } catch (ServiceConfigurationError e) {
      return true;
    }
  }
}
