// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

import io.firn.compaction.CompactionEvent;
import java.util.Arrays;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import javax.management.MBeanNotificationInfo;
import javax.management.Notification;
import javax.management.NotificationBroadcasterSupport;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.CompositeDataSupport;
import javax.management.openmbean.CompositeType;
import javax.management.openmbean.OpenDataException;
import javax.management.openmbean.OpenType;
import javax.management.openmbean.SimpleType;

/** Makes notifications of events. Thread-safe. */
final class JobNotifications extends NotificationBroadcasterSupport {
  private static final String PREFIX = "io.firn.compaction.";
  private static final String[] ITEMS = {
    "jobId", "cache", "kind", "files", "spaceSaved", "durationMillis", "fraction", "reason"
  };
  private static final CompositeType TYPE = type();

  private final ObjectName source;
  private final AtomicLong sequence = new AtomicLong();

  JobNotifications(ObjectName source) {
    super(
        new MBeanNotificationInfo(
            Arrays.stream(CompactionEvent.Type.values())
                .map(JobNotifications::type)
                .toArray(String[]::new),
            Notification.class.getName(),
            "A job began, crossed a mark, was completed, failed, or was abandoned; the user data"
                + " has its figures"));
    this.source = source;
  }

  void send(CompactionEvent event, long wallMillis) {
    String message =
        event.kind() + " of " + event.cache() + ": " + event.type() + ", " + event.reason();
    Notification notification =
        new Notification(
            type(event.type()), source, sequence.incrementAndGet(), wallMillis, message);
    notification.setUserData(data(event));
    sendNotification(notification);
  }

  private static String type(CompactionEvent.Type type) {
    return PREFIX + type.name().toLowerCase(Locale.ROOT);
  }

  private static CompositeType type() {
    OpenType<?>[] types = {
      SimpleType.LONG,
      SimpleType.STRING,
      SimpleType.STRING,
      SimpleType.INTEGER,
      SimpleType.LONG,
      SimpleType.LONG,
      SimpleType.DOUBLE,
      SimpleType.STRING
    };
    String[] descriptions = {
      "number of the job",
      "name of the cache",
      "what the job does",
      "data files that it is about",
      "bytes that files became shorter by so far",
      "milliseconds since it began",
      "share of its work that is done, 0 to 1",
      "why it was started, or why it failed or was abandoned"
    };
    try {
      return new CompositeType(PREFIX + "event", "An event of a job", ITEMS, descriptions, types);
    } catch (OpenDataException e) {
      throw new IllegalStateException(e);
    }
  }

  private static CompositeData data(CompactionEvent event) {
    Object[] values = {
      event.jobId(),
      event.cache(),
      event.kind().name(),
      event.files(),
      event.spaceSaved(),
      event.duration().toMillis(),
      event.fraction(),
      event.reason()
    };
    try {
      return new CompositeDataSupport(TYPE, ITEMS, values);
    } catch (OpenDataException e) {
      throw new IllegalStateException(e);
    }
  }
}
