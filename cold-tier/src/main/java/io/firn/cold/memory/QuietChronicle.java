// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.memory;

import io.firn.cold.model.Loggers;
import java.lang.reflect.Field;
import java.util.logging.Level;
import java.util.logging.Logger;

/** Keeps Chronicle Bytes from writing to the error stream when its first class is initialised. */
final class QuietChronicle {
  /* Chronicle picks a service that frees direct buffers and tries it out at once. Without flags the
   * trial cannot see how much direct memory is in use, and says so on System.err. The service that it
   * would pick is therefore put in its place beforehand, untried; a host that has used Chronicle
   * before keeps what it has. Where the fields are out of reach, the message is printed and nothing
   * else changes.
   *
   * The reference to the logger is kept because the log manager holds loggers weakly. Chronicle also
   * asks SLF4J for a logger, which Loggers must have done before. */
  private static final String CLEANERS = "net.openhft.chronicle.core.internal.cleaner.";
  private static final Logger FALLBACK_NOISE =
      Logger.getLogger(CLEANERS + "ReflectionBasedByteBufferCleanerService");

  private QuietChronicle() {}

  /** Returns whether the service was put in place, now or before. */
  static boolean prepare() {
    Loggers.of(QuietChronicle.class).trace("Chronicle Bytes is used");
    FALLBACK_NOISE.setLevel(Level.OFF);
    return prepare(
        "net.openhft.chronicle.core.cleaner.CleanerServiceLocator",
        CLEANERS + "Jdk9ByteBufferCleanerService");
  }

  static boolean prepare(String locatorName, String serviceName) {
    try {
      Class<?> locator = Class.forName(locatorName);
      Field initialised = locator.getDeclaredField("initialised");
      Field instance = locator.getDeclaredField("instance");
      initialised.setAccessible(true);
      instance.setAccessible(true);
      if (!initialised.getBoolean(null)) {
        instance.set(null, Class.forName(serviceName).getDeclaredConstructor().newInstance());
        initialised.setBoolean(null, true);
      }
      return true;
    } catch (ReflectiveOperationException | RuntimeException e) {
      return false;
    }
  }
}
