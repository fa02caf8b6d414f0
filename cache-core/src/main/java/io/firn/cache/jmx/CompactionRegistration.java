// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

import io.firn.cold.model.Loggers;
import io.firn.compaction.worker.StoreCompaction;
import java.nio.file.Path;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The registration of a store's compaction with an MBean server. A store works without one: what
 * goes wrong is logged once.
 */
public final class CompactionRegistration implements AutoCloseable {
  private static final Logger LOG = Loggers.of(CompactionRegistration.class);

  private record Registered(MBeanServer server, ObjectName name, AutoCloseable subscription) {}

  private @Nullable Registered registered;

  private CompactionRegistration(@Nullable Registered registered) {
    this.registered = registered;
  }

  /**
   * Registers the compaction of a store.
   *
   * @param servers gives the MBean server
   * @param caches the names of all caches
   * @param wallMillis wall time of notifications
   */
  public static CompactionRegistration register(
      Supplier<MBeanServer> servers,
      Path directory,
      StoreCompaction compaction,
      Supplier<? extends Iterable<String>> caches,
      DoubleSupplier writeAmplification,
      LongSupplier wallMillis) {
    try {
      ObjectName name = nameOf(directory);
      JobNotifications notifications = new JobNotifications(name);
      CompactionView view =
          new CompactionView(compaction, caches, writeAmplification, notifications);
      MBeanServer server = servers.get();
      ObjectName registered = server.registerMBean(view, name).getObjectName();
      return new CompactionRegistration(
          new Registered(
              server,
              registered,
              compaction.onEvent(event -> notifications.send(event, wallMillis.getAsLong()))));
    } catch (JMException | RuntimeException e) {
      LOG.warn("the compaction of {} is not visible through JMX: {}", directory, e.toString());
      return new CompactionRegistration(null);
    }
  }

  /** Returns the name of the MBean of a store. */
  public static ObjectName nameOf(Path directory) throws JMException {
    String store = directory.toAbsolutePath().normalize().toString();
    return new ObjectName("io.firn:type=Compaction,store=" + ObjectName.quote(store));
  }

  /** Takes the MBean away, if this one registered it; a second call does nothing. */
  @Override
  public void close() {
    Registered last = registered;
    registered = null;
    if (last == null) {
      return;
    }
    try {
      last.subscription().close();
      last.server().unregisterMBean(last.name());
    } catch (Exception e) { // as declared by AutoCloseable
      LOG.warn("{} cannot be taken away: {}", last.name(), e.toString());
    }
  }
}
