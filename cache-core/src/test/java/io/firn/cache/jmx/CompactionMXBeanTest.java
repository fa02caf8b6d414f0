// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cache.Durability;
import io.firn.cache.Firn;
import io.firn.cache.FirnBuilder;
import io.firn.cache.TieredCache;
import io.firn.cache.codec.Codec;
import io.firn.compaction.HealthLevel;
import io.firn.compaction.JobKind;
import io.firn.compaction.JobOutcome;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import javax.management.InstanceNotFoundException;
import javax.management.JMX;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServer;
import javax.management.MBeanServerConnection;
import javax.management.Notification;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import javax.management.openmbean.CompositeData;
import javax.management.openmbean.TabularData;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXConnectorServer;
import javax.management.remote.JMXConnectorServerFactory;
import javax.management.remote.JMXServiceURL;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The compaction of a store, seen through a real connector on the loopback interface. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class CompactionMXBeanTest {
  private static final int VALUE_BYTES = 8 << 10;
  private static final MBeanServer PLATFORM = ManagementFactory.getPlatformMBeanServer();

  @TempDir Path directory;
  private final GatedTime time = new GatedTime();
  private JMXConnectorServer server;
  private JMXConnector connector;

  @BeforeEach
  @SuppressWarnings("BanJNDI") // the address is the one that this test has just opened
  void connect() throws Exception {
    String loopback = InetAddress.getLoopbackAddress().getHostAddress();
    server =
        JMXConnectorServerFactory.newJMXConnectorServer(
            new JMXServiceURL("rmi", loopback, 0), Map.of(), PLATFORM);
    server.start();
    connector = JMXConnectorFactory.connect(server.getAddress());
  }

  @AfterEach
  void disconnect() throws Exception {
    connector.close();
    server.stop();
  }

  private FirnBuilder builder() {
    return Firn.in(directory).durability(Durability.none()).clock(time).executor(Runnable::run);
  }

  private static TieredCache<Long, byte[]> books(Firn firn) {
    return firn.cache("books", Codec.int64(), Codec.bytes()).maximumHotEntries(0).open();
  }

  private CompactionMXBean proxy(Path store) throws Exception {
    return JMX.newMXBeanProxy(
        connector.getMBeanServerConnection(),
        CompactionRegistration.nameOf(store),
        CompactionMXBean.class,
        true);
  }

  private static void fillAndRemoveHalf(TieredCache<Long, byte[]> cache, long bytes) {
    byte[] value = new byte[VALUE_BYTES];
    long keys = bytes / VALUE_BYTES;
    for (long key = 0; key < keys; key++) {
      Arrays.fill(value, (byte) key);
      cache.put(key, value);
    }
    for (long key = 0; key < keys; key += 2) {
      cache.invalidate(key);
    }
  }

  @Test
  void aJob_isWatched_andCancelled() throws Exception {
    watchAndCancel(256L << 20, 2L << 30); // in slices of 8 MiB
  }

  @Test
  @Tag("soak")
  @Timeout(value = 1800, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aJobOfOneGigabyte_isWatched_andCancelled() throws Exception {
    watchAndCancel(1L << 30, 8L << 30);
  }

  private void watchAndCancel(long bytes, long diskBytes) throws Exception {
    try (Firn firn = builder().maximumDiskBytes(diskBytes).open();
        TieredCache<Long, byte[]> cache = books(firn)) {
      CompactionMXBean bean = proxy(directory);
      CompactionWaits.pause(bean);
      bean.configure("books", "autoCompact", "false");
      fillAndRemoveHalf(cache, bytes);
      firn.flush();
      CompactionWaits.awaitSealed(firn);
      assertThat(bean.plan("books").getFiles()).isPositive();
      time.close();
      long id = bean.compact("books");
      Set<Double> seen = new TreeSet<>();
      while (seen.size() < 20) {
        CompactionWaits.awaitScheduler(
            firn); // else the worker could be done before any of it is seen
        RunningJob job = bean.getJobs().get(id);
        if (job != null) {
          seen.add(job.getFraction());
          assertThat(job.getKind()).isEqualTo(JobKind.FILES);
          assertThat(job.getPlannedBytes()).isGreaterThan(bytes / 2);
        }
        assertThat(bean.getHistory()).doesNotContainKey(id);
        time.step();
      }
      assertThat(bean.getRunningJobs()).isEqualTo(1);
      assertThat(bean.getProgress()).isBetween(0.1, 0.9);
      bean.cancel(id);
      CompactionWaits.awaitScheduler(firn); // the worker has been told, and has not gone on
      time.open();
      EndedJob ended = bean.getHistory().get(id);
      while (ended == null) {
        Thread.onSpinWait();
        ended = bean.getHistory().get(id);
      }
      assertThat(ended.getOutcome()).isEqualTo(JobOutcome.ABANDONED);
      assertThat(ended.getProblem()).isEqualTo("cancelled");
      assertThat(bean.getJobs()).isEmpty();
      assertThat(bean.getAbandoned()).isEqualTo(1);
      assertThat(bean.getMovedBytes()).isPositive();
      byte[] odd = cache.getIfPresent(1L);
      assertThat(odd).hasSize(VALUE_BYTES).containsOnly(1);
      assertThat(cache.getIfPresent(2L)).isNull();
      assertThat(bean.checkIntegrity("books").isClean()).isTrue();
    } finally {
      time.open();
    }
  }

  @Test
  void aJobThatEnds_isTold_andCounted() throws Exception {
    try (Firn firn = builder().maximumDiskBytes(64L << 20).open();
        TieredCache<Long, byte[]> cache = books(firn)) {
      CompactionMXBean bean = proxy(directory);
      CompactionWaits.pause(bean);
      fillAndRemoveHalf(cache, 8L << 20);
      firn.flush();
      CompactionWaits.awaitSealed(firn);
      BlockingQueue<Notification> told = new LinkedBlockingQueue<>();
      MBeanServerConnection connection = connector.getMBeanServerConnection();
      ObjectName name = CompactionRegistration.nameOf(directory);
      connection.addNotificationListener(name, (each, unused) -> told.add(each), null, null);
      CacheSpace space = requireNonNull(bean.getFragmentation().get("books"));
      assertThat(space.getFragmentation()).isBetween(0.3, 0.7);
      assertThat(space.getTotalBytes()).isEqualTo(space.getUsedBytes() + space.getDeletedBytes());
      assertThat(space.getFragmentedFiles()).isPositive().isLessThanOrEqualTo(space.getFiles());
      assertThat(bean.getHealth()).isEqualTo(space.getLevel()).isNotEqualTo(HealthLevel.HEALTHY);
      assertThat(bean.getDebtBytes()).isPositive();
      double before = bean.getSpaceAmplification();

      long id = bean.compact("books", 1L << 20, 0, 0.1, 60_000);
      Notification last = told.take();
      assertThat(last.getType()).isEqualTo("io.firn.compaction.started");
      long sequence = last.getSequenceNumber();
      while (!last.getType().equals("io.firn.compaction.completed")) {
        last = told.take();
        assertThat(last.getSequenceNumber()).isEqualTo(++sequence);
        assertThat(last.getSource()).isEqualTo(name);
      }
      CompositeData data = (CompositeData) last.getUserData();
      assertThat(data.get("jobId")).isEqualTo(id);
      assertThat(data.get("cache")).isEqualTo("books");
      assertThat(data.get("kind")).isEqualTo("FILES");
      assertThat(data.get("fraction")).isEqualTo(1.0);
      assertThat(last.getMessage()).contains("books", "COMPLETED", "asked for by hand");

      while (!bean.getHistory().containsKey(id)) {
        Thread.onSpinWait();
      }
      EndedJob ended = requireNonNull(bean.getHistory().get(id));
      assertThat(ended.getOutcome()).isEqualTo(JobOutcome.COMPLETED);
      assertThat(ended.getCache()).isEqualTo("books");
      assertThat(ended.getKind()).isEqualTo(JobKind.FILES);
      assertThat(ended.getJobId()).isEqualTo(id);
      assertThat(ended.getStarted()).endsWith("Z");
      assertThat(ended.getFiles()).isPositive();
      assertThat(ended.getRecords()).isPositive();
      assertThat(ended.getReason()).isEqualTo("asked for by hand");
      long reclaimed = ended.getBytesBefore() - ended.getBytesAfter();
      assertThat(data.get("spaceSaved")).isEqualTo(reclaimed);
      assertThat(data.get("durationMillis")).isEqualTo(ended.getDurationMillis());
      assertThat(bean.getPerformed()).isEqualTo(1);
      assertThat(bean.getFailed()).isZero();
      assertThat(bean.getReclaimedBytes()).isEqualTo(reclaimed).isPositive();
      assertThat(bean.getWalkedBytes()).isPositive();
      assertThat(bean.getBusyMillis()).isEqualTo(bean.getAverageMillis());
      assertThat(bean.getSpaceAmplification()).isLessThan(before);
      assertThat(bean.getFileBytes()).isGreaterThan(bean.getLiveBytes());
      double written = firn.stats().writeAmplification();
      double shown = bean.getWriteAmplification();
      while (written != firn.stats().writeAmplification()) { // other threads write to the log
        written = firn.stats().writeAmplification();
        shown = bean.getWriteAmplification();
      }
      assertThat(shown).isEqualTo(written).isGreaterThan(1);
      assertThat(bean.getProgress()).isEqualTo(1.0);
      assertThat(bean.getWaitingJobs()).isZero();
    }
  }

  @Test
  void whatNeedsNoClassesOfFirn_isOpenData() throws Exception {
    try (Firn firn = builder().maximumDiskBytes(64L << 20).open();
        TieredCache<Long, byte[]> cache = books(firn)) {
      cache.put(1L, new byte[10]);
      ObjectName name = CompactionRegistration.nameOf(directory);
      MBeanServerConnection connection = connector.getMBeanServerConnection();
      Object id =
          connection.invoke(
              name, "purgeExpired", new Object[] {"books"}, new String[] {"java.lang.String"});
      TabularData history = (TabularData) connection.getAttribute(name, "History");
      while (history.isEmpty()) {
        Thread.onSpinWait();
        history = (TabularData) connection.getAttribute(name, "History");
      }
      CompositeData row = (CompositeData) history.get(new Object[] {id}).get("value");
      assertThat(row.get("outcome")).isEqualTo("COMPLETED");
      assertThat(row.get("kind")).isEqualTo("EXPIRY");
      assertThat(connection.getAttribute(name, "Jobs")).isInstanceOf(TabularData.class);
      assertThat(connection.getAttribute(name, "Health")).isEqualTo("HEALTHY");
      CompositeData plan =
          (CompositeData)
              connection.invoke(
                  name, "plan", new Object[] {"books"}, new String[] {"java.lang.String"});
      assertThat(plan.get("files")).isEqualTo(0);
      assertThat((String[]) plan.get("skipped")).hasSize(1);
      assertThat((String[]) plan.get("chosen")).isEmpty();
      CompositeData checked =
          (CompositeData)
              connection.invoke(
                  name,
                  "checkIntegrity",
                  new Object[] {"books"},
                  new String[] {"java.lang.String"});
      assertThat(checked.get("clean")).isEqualTo(true);
      assertThat(checked.get("entries")).isEqualTo(1L);
      assertThat((String[]) checked.get("findings")).isEmpty();
    }
  }

  @Test
  void everything_isDescribed() throws Exception {
    try (Firn firn = builder().open()) {
      assertThat(firn.cacheNames()).isEmpty();
      MBeanInfo info =
          connector
              .getMBeanServerConnection()
              .getMBeanInfo(CompactionRegistration.nameOf(directory));
      assertThat(info.getDescription()).contains("Compaction");
      MBeanInfo plain =
          new StandardMBean(proxy(directory), CompactionMXBean.class, true).getMBeanInfo();
      assertThat(info.getAttributes()).hasSameSizeAs(plain.getAttributes());
      assertThat(info.getAttributes())
          .allSatisfy(each -> assertThat(each.getDescription()).contains(" "));
      assertThat(info.getOperations()).hasSize(9);
      for (MBeanOperationInfo each : info.getOperations()) {
        assertThat(each.getDescription()).contains(" ");
        boolean looks = each.getName().equals("plan") || each.getName().equals("checkIntegrity");
        assertThat(each.getImpact())
            .isEqualTo(looks ? MBeanOperationInfo.INFO : MBeanOperationInfo.ACTION);
        for (MBeanParameterInfo parameter : each.getSignature()) {
          assertThat(parameter.getDescription()).contains(" ");
          assertThat(parameter.getName()).doesNotMatch("p?(arg)?\\d+");
        }
      }
      assertThat(info.getNotifications()).hasSize(1);
      assertThat(info.getNotifications()[0].getNotifTypes())
          .containsExactly(
              "io.firn.compaction.started",
              "io.firn.compaction.progress",
              "io.firn.compaction.completed",
              "io.firn.compaction.failed",
              "io.firn.compaction.abandoned");
    }
  }

  @Test
  void options_areChanged_oneByOne() throws Exception {
    try (Firn firn = builder().open();
        TieredCache<Long, byte[]> cache = books(firn)) {
      assertThat(cache.name()).isEqualTo("books");
      CompactionMXBean bean = proxy(directory);
      CacheOptions options = requireNonNull(bean.getOptions().get("books"));
      assertThat(options.getMinFragmentation()).isEqualTo(0.3);
      assertThat(options.getTimeoutMillis()).isEqualTo(600_000);
      for (String[] each :
          new String[][] {
            {"autoCompact", "false"},
            {"backgroundEnabled", "false"},
            {"compactThresholdFiles", "7"},
            {"compactThresholdBytes", "8"},
            {"targetFileSizeBytes", "9"},
            {"minFileSizeBytes", "10"},
            {"deadRowShare", "0.1"},
            {"minFragmentation", "0.2"},
            {"minDeletedRecords", "11"},
            {"minSpaceSavingsBytes", "12"},
            {"minSpaceSaving", " 0.3 "},
            {"timeoutMillis", "1300"},
            {"maxConcurrentJobs", "2"},
            {"maximumBytesPerSecond", "14"},
            {"maxRuntimeMillis", "1500"}
          }) {
        bean.configure("books", each[0], each[1]);
      }
      options = requireNonNull(bean.getOptions().get("books"));
      assertThat(options.isAutoCompact()).isFalse();
      assertThat(options.isBackgroundEnabled()).isFalse();
      assertThat(options.getCompactThresholdFiles()).isEqualTo(7);
      assertThat(options.getCompactThresholdBytes()).isEqualTo(8);
      assertThat(options.getTargetFileSizeBytes()).isEqualTo(9);
      assertThat(options.getMinFileSizeBytes()).isEqualTo(10);
      assertThat(options.getDeadRowShare()).isEqualTo(0.1);
      assertThat(options.getMinFragmentation()).isEqualTo(0.2);
      assertThat(options.getMinDeletedRecords()).isEqualTo(11);
      assertThat(options.getMinSpaceSavingsBytes()).isEqualTo(12);
      assertThat(options.getMinSpaceSaving()).isEqualTo(0.3);
      assertThat(options.getTimeoutMillis()).isEqualTo(1300);
      assertThat(options.getMaxConcurrentJobs()).isEqualTo(2);
      assertThat(options.getMaximumBytesPerSecond()).isEqualTo(14);
      assertThat(options.getMaxRuntimeMillis()).isEqualTo(1500);
      assertThat(firn.compaction().config("books").compactThresholdFiles()).isEqualTo(7);
      assertRefused(() -> bean.configure("books", "speed", "1"), "no option is called speed");
      assertRefused(() -> bean.configure("books", "deadRowShare", "2"), "deadRowShare");
      assertRefused(() -> bean.configure("books", "deadRowShare", "x"), "must be a number");
      assertRefused(() -> bean.configure("books", "autoCompact", "no"), "true or false");
      assertRefused(() -> bean.configure("films", "autoCompact", "true"), "films");
      assertRefused(() -> bean.compact("films"), "films");
      assertRefused(() -> bean.compact("books", 0, 0, 0, 1), "targetFileSizeBytes");
      bean.pause();
      while (!bean.isPaused()) {
        Thread.onSpinWait();
      }
      bean.resume();
      while (bean.isPaused()) {
        Thread.onSpinWait();
      }
    }
  }

  private static void assertRefused(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void eachStore_hasItsName_whileItIsOpen() throws Exception {
    Path one = Files.createDirectory(directory.resolve("one, with = \"signs\"*?"));
    Path two = Files.createDirectory(directory.resolve("two"));
    MBeanServerConnection connection = connector.getMBeanServerConnection();
    Firn second = Firn.in(two).open();
    try (Firn first = Firn.in(one).open()) {
      assertThat(first.cacheNames()).isEmpty();
      assertThat(proxy(one).getPerformed()).isZero();
      assertThat(proxy(two).getPerformed()).isZero();
      assertThat(connection.isRegistered(CompactionRegistration.nameOf(two))).isTrue();
      assertThatThrownBy(() -> Firn.in(two).open()).hasMessageContaining("in use");
      assertThat(connection.isRegistered(CompactionRegistration.nameOf(two))).isTrue();
      second.close();
      assertThat(connection.isRegistered(CompactionRegistration.nameOf(two))).isFalse();
      second.close();
      assertThat(connection.isRegistered(CompactionRegistration.nameOf(one))).isTrue();
    }
    assertThat(connection.isRegistered(CompactionRegistration.nameOf(one))).isFalse();
  }

  /** Stands where the MBean of a store should. */
  public interface ClashMBean {}

  /** The only one. */
  public static final class Clash implements ClashMBean {}

  @Test
  void aNameThatIsTaken_doesNotMatter_andIsLeftAlone() throws Exception {
    ObjectName name = CompactionRegistration.nameOf(directory);
    PLATFORM.registerMBean(new Clash(), name);
    try {
      try (Firn firn = builder().open();
          TieredCache<Long, byte[]> cache = books(firn)) {
        cache.put(1L, new byte[1]);
        assertThat(cache.getIfPresent(1L)).isNotNull();
        assertThatThrownBy(() -> proxy(directory).getPerformed())
            .hasRootCauseInstanceOf(javax.management.AttributeNotFoundException.class);
      }
      assertThat(PLATFORM.isRegistered(name)).isTrue();
    } finally {
      PLATFORM.unregisterMBean(name);
    }
  }

  @Test
  void anMBeanThatSomebodyTookAway_doesNotMatter() throws Exception {
    ObjectName name = CompactionRegistration.nameOf(directory);
    try (Firn firn = builder().open()) {
      assertThat(firn.cacheNames()).isEmpty();
      PLATFORM.unregisterMBean(name);
    }
    assertThatThrownBy(() -> PLATFORM.getMBeanInfo(name))
        .isInstanceOf(InstanceNotFoundException.class);
  }

  @Test
  void withoutPermission_theStoreIsNotVisible() {
    try (Firn firn = builder().open();
        CompactionRegistration none =
            CompactionRegistration.register(
                () -> {
                  throw new SecurityException("no");
                },
                directory,
                (io.firn.compaction.worker.StoreCompaction) firn.compaction(),
                firn::cacheNames,
                () -> 0,
                time::wallMillis)) {
      assertThat(none).isNotNull();
    }
  }

  @Test
  void whatIsAskedForWhileTheStoreCloses_isRefused() throws Exception {
    ObjectName other = new ObjectName("io.firn:type=Compaction,store=other");
    Firn firn = builder().open();
    TieredCache<Long, byte[]> cache = books(firn);
    assertThat(cache.name()).isEqualTo("books");
    var compaction = (io.firn.compaction.worker.StoreCompaction) firn.compaction();
    CompactionView view =
        new CompactionView(
            compaction, () -> Set.of("books", "dropped"), () -> 0, new JobNotifications(other));
    assertThat(view.getOptions()).containsOnlyKeys("books");
    compaction.close();
    assertThatThrownBy(() -> view.compact("books")).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> fillMailbox(view)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> view.purgeExpired("books"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("too many requests");
    firn.close();
  }

  private static void fillMailbox(CompactionView view) {
    while (true) {
      view.cancel(1);
    }
  }
}
