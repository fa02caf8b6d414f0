// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.agent.SystemTime;
import io.firn.cold.io.Crc32c;
import io.firn.cold.model.CorruptStoreException;
import io.firn.cold.model.OversizedValueException;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.model.StoreIoException;
import io.firn.cold.model.StoreLockedException;
import io.firn.cold.model.TimeSource;
import io.firn.cold.model.UnsupportedVersionException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the facade answers to directories, keys and values that it cannot take. */
final class BadInputTest {
  private static final byte[] KEY = {1, 2, 3};
  private static final byte[] VALUE = {4, 5};
  private static final StoreOptions OPTIONS =
      StoreOptions.builder().maximumDiskBytes(64L << 20).build();

  @TempDir Path directory;

  private static ColdTable table(ColdStore store) {
    return store.table("t", TableOptions.defaults());
  }

  @Test
  void aDirectoryThatAnotherProcessHolds_isLocked() throws IOException, InterruptedException {
    Process holder =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                StoreHolder.class.getName(),
                directory.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(holder.getInputStream(), StandardCharsets.UTF_8))) {
      assertThat(said.readLine()).isEqualTo(StoreHolder.OPEN);
      assertThatThrownBy(() -> ColdStore.open(directory, OPTIONS))
          .isInstanceOf(StoreLockedException.class)
          .hasMessageContaining(directory.toString())
          .hasMessageContaining("process " + holder.pid())
          .hasMessageContaining("waited PT0S");
      holder.getOutputStream().close();
      assertThat(holder.waitFor()).isZero();
      try (ColdStore store = ColdStore.open(directory, OPTIONS)) {
        assertThat(table(store).get(KEY)).isEqualTo(VALUE);
      }
    } finally {
      holder.destroyForcibly();
    }
  }

  /** A time that passes by 20 ms at each look, and does something at the third. */
  private static TimeSource timeThatDoes(Runnable atTheThirdLook) {
    AtomicInteger looks = new AtomicInteger();
    return new TimeSource() {
      @Override
      public long wallMillis() {
        return SystemTime.INSTANCE.wallMillis();
      }

      @Override
      public long nanoTime() {
        if (looks.incrementAndGet() == 3) {
          atTheThirdLook.run();
        }
        return 20_000_000L * looks.get();
      }
    };
  }

  private static StoreOptions patient(Duration wait, TimeSource time) {
    return StoreOptions.builder().maximumDiskBytes(64L << 20).ifLocked(wait).time(time).build();
  }

  @Test
  void anOpenerThatMayWait_getsTheStoreWhenItIsFree() {
    ColdStore first = ColdStore.open(directory, OPTIONS);
    StoreOptions options = patient(Duration.ofMinutes(5), timeThatDoes(first::close));
    try (ColdStore second = ColdStore.open(directory, options)) {
      assertThat(second.tableNames()).isEmpty();
    }
  }

  @Test
  void anInterruptedOpener_waitsOnAndKeepsItsFlag() {
    ColdStore first = ColdStore.open(directory, OPTIONS);
    StoreOptions options = patient(Duration.ofMinutes(5), timeThatDoes(first::close));
    Thread.currentThread().interrupt();
    try (ColdStore second = ColdStore.open(directory, options)) {
      assertThat(Thread.interrupted()).isTrue();
      assertThat(second.tableNames()).isEmpty();
    }
  }

  @Test
  void anOpenerThatWaitedInVain_saysHowLong() {
    try (ColdStore first = ColdStore.open(directory, OPTIONS)) {
      StoreOptions options = patient(Duration.ofMillis(70), timeThatDoes(() -> {}));
      assertThatThrownBy(() -> ColdStore.open(directory, options))
          .isInstanceOf(StoreLockedException.class)
          .hasMessageContaining("waited PT0.07S");
      table(first).put(KEY, VALUE, ColdTable.NEVER);
    }
  }

  private static void spoilManifests(Path directory, int at, int change) throws IOException {
    for (String name : List.of("manifest-a", "manifest-b")) {
      Path file = directory.resolve(name);
      byte[] bytes = Files.readAllBytes(file);
      ByteBuffer manifest = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      bytes[at] += (byte) change;
      if (at < 8) {
        manifest.putInt(20, 0);
        manifest.putInt(20, Crc32c.of(bytes, 0, 32 + manifest.getInt(16)));
      }
      Files.write(file, bytes);
    }
  }

  @Test
  void aDamagedStore_isTreatedAsTheOptionsSay() throws IOException {
    for (IfDamaged what : IfDamaged.values()) {
      Path store = directory.resolve(what.name());
      try (ColdStore first = ColdStore.open(store, OPTIONS)) {
        table(first).put(KEY, VALUE, ColdTable.NEVER);
      }
      spoilManifests(store, 40, 1);
      StoreOptions options =
          StoreOptions.builder().maximumDiskBytes(64L << 20).ifDamaged(what).build();
      if (what == IfDamaged.FAIL) {
        assertThatThrownBy(() -> ColdStore.open(store, options))
            .isInstanceOf(CorruptStoreException.class)
            .hasMessageContaining(store.toString());
        assertThat(store.resolve("lost")).doesNotExist();
      } else {
        for (int again = 0; again < 2; again++) {
          try (ColdStore opened = ColdStore.open(store, options)) {
            assertThat(opened.tableNames()).isEmpty();
          }
          assertThat(store.resolve("lost/data/1/1.seg")).isRegularFile();
        }
      }
    }
  }

  @Test
  void aStoreThatIsSetAsideTwice_keepsTheLaterOne() throws IOException {
    for (String name : List.of("a", "b")) {
      try (ColdStore store = ColdStore.open(directory, OPTIONS)) {
        store.table(name, TableOptions.defaults()).put(KEY, VALUE, ColdTable.NEVER);
      }
      try (ColdStore store = ColdStore.open(directory, OPTIONS)) {
        assertThat(store.tableNames()).containsExactly(name);
      }
      spoilManifests(directory, 40, 1);
    }
    try (ColdStore store = ColdStore.open(directory, OPTIONS)) {
      assertThat(store.tableNames()).isEmpty();
      assertThat(store.stats().recovery().problems()).isNotEmpty();
    }
    assertThat(directory.resolve("lost/manifest-a")).isRegularFile();
    assertThat(directory.resolve("lost/lost")).doesNotExist();
  }

  @Test
  void aStoreOfANewerVersion_isTreatedAsTheOptionsSay() throws IOException {
    try (ColdStore first = ColdStore.open(directory, OPTIONS)) {
      table(first).put(KEY, VALUE, ColdTable.NEVER);
    }
    spoilManifests(directory, 4, 1);
    assertThatThrownBy(() -> ColdStore.open(directory, OPTIONS))
        .isInstanceOf(UnsupportedVersionException.class)
        .hasMessageContaining("manifest")
        .hasMessageContaining("version 2");
    StoreOptions empty =
        StoreOptions.builder().maximumDiskBytes(64L << 20).ifNewer(IfNewer.START_EMPTY).build();
    try (ColdStore opened = ColdStore.open(directory, empty)) {
      assertThat(opened.tableNames()).isEmpty();
      table(opened).put(KEY, VALUE, ColdTable.NEVER);
    }
    try (ColdStore opened = ColdStore.open(directory, OPTIONS)) {
      assertThat(table(opened).get(KEY)).isEqualTo(VALUE);
    }
  }

  @Test
  void aMissingDirectory_isCreatedWithItsParents() {
    Path deep = directory.resolve("a/b/c");
    try (ColdStore store = ColdStore.open(deep, OPTIONS)) {
      assertThat(store.stats().recovery().created()).isTrue();
      assertThat(deep).isDirectory();
    }
  }

  @Test
  void aFileInPlaceOfTheDirectory_isRefusedAndUntouched() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "mine");
    assertThatThrownBy(() -> ColdStore.open(file, OPTIONS))
        .isInstanceOf(StoreIoException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("NotDirectory");
    assertThat(file).hasContent("mine");
  }

  @Test
  void aPathBelowAFile_isRefusedByItsName() throws IOException {
    Path file = Files.writeString(directory.resolve("file"), "mine");
    Path below = file.resolve("store");
    assertThatThrownBy(() -> ColdStore.open(below, OPTIONS))
        .isInstanceOf(StoreIoException.class)
        .hasMessageContaining(file.toString());
    assertThat(file).hasContent("mine");
  }

  @Test
  void aReadOnlyFileSystem_isRefusedByItsName() {
    Path existing = Path.of(URI.create("jrt:/java.base"));
    for (Path path : new Path[] {existing, existing.resolve("store")}) {
      assertThatThrownBy(() -> ColdStore.open(path, OPTIONS))
          .as("%s", path)
          .isInstanceOf(StoreIoException.class)
          .hasMessageContaining("java.base")
          .hasMessageContaining("cannot be written");
    }
  }

  @Test
  void aDirectoryWithForeignFiles_isRefusedAndUntouched() throws IOException {
    Path foreign = Files.writeString(directory.resolve("letter.txt"), "dear");
    assertThatThrownBy(() -> ColdStore.open(directory, OPTIONS))
        .isInstanceOf(CorruptStoreException.class)
        .hasMessageContaining(directory.toString())
        .hasMessageContaining("letter.txt");
    assertThat(foreign).hasContent("dear");
    assertThat(directory.resolve("manifest-a")).doesNotExist();
  }

  @Test
  void foreignFilesBesideAStore_stay() throws IOException {
    ColdStore.open(directory, OPTIONS).close();
    Path foreign = Files.writeString(directory.resolve("letter.txt"), "dear");
    ColdStore.open(directory, OPTIONS).close();
    assertThat(foreign).hasContent("dear");
  }

  @Test
  void aFailedOpening_leavesTheDirectoryUnlocked() throws IOException {
    Path foreign = Files.writeString(directory.resolve("letter.txt"), "dear");
    assertThatThrownBy(() -> ColdStore.open(directory, OPTIONS))
        .isInstanceOf(CorruptStoreException.class);
    Files.delete(foreign);
    try (ColdStore store = ColdStore.open(directory, OPTIONS)) {
      assertThat(store.stats().recovery().created()).isTrue();
    }
  }

  @Test
  void anEmptyKey_isRefused() {
    try (ColdStore store = ColdStore.open(directory, OPTIONS)) {
      ColdTable table = table(store);
      byte[] empty = {};
      assertThatThrownBy(() -> table.put(empty, VALUE, ColdTable.NEVER))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("empty key in table t");
      assertThatThrownBy(() -> table.remove(empty))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("empty key in table t");
      assertThat(table.get(empty)).isNull();
    }
  }

  @Test
  @SuppressWarnings("NullAway")
  void null_isRefused() {
    try (ColdStore store = ColdStore.open(directory, OPTIONS)) {
      ColdTable table = table(store);
      assertThatThrownBy(() -> table.put(null, VALUE, ColdTable.NEVER))
          .isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> table.put(KEY, null, ColdTable.NEVER))
          .isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> table.get(null)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> table.remove(null)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> store.table(null, TableOptions.defaults()))
          .isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> store.table("t", null)).isInstanceOf(NullPointerException.class);
      assertThatThrownBy(() -> store.drop(null)).isInstanceOf(NullPointerException.class);
      table.put(KEY, VALUE, ColdTable.NEVER);
      assertThat(table.get(KEY)).isEqualTo(VALUE);
    }
  }

  @Test
  void aNullValueOfAPreparedPut_givesEverythingBack() {
    try (ColdStore store = ColdStore.open(directory, OPTIONS)) {
      ColdTable table = table(store);
      for (int i = 0; i < 1_000; i++) {
        assertThatThrownBy(() -> table.put(KEY, nothing(), ColdTable.NEVER))
            .isInstanceOf(NullPointerException.class);
      }
      table.put(KEY, VALUE, ColdTable.NEVER);
      assertThat(table.size()).isEqualTo(1);
    }
  }

  @SuppressWarnings("NullAway")
  private static byte[] nothing() {
    return null;
  }

  @Test
  void aKeyOfTheLargestSize_isTakenAndALargerOneRefused() {
    try (ColdStore store = ColdStore.open(directory, OPTIONS)) {
      ColdTable table = table(store);
      byte[] largest = new byte[ColdTable.maximumKeyBytes()];
      table.put(largest, VALUE, ColdTable.NEVER);
      assertThat(table.get(largest)).isEqualTo(VALUE);
      byte[] larger = new byte[largest.length + 1];
      assertThatThrownBy(() -> table.put(larger, VALUE, ColdTable.NEVER))
          .isInstanceOf(OversizedValueException.class)
          .hasMessage("key of 32769 bytes in table t, at most 32768");
      assertThatThrownBy(() -> table.remove(larger)).isInstanceOf(OversizedValueException.class);
      assertThat(table.get(larger)).isNull();
      assertThat(table.size()).isEqualTo(1);
    }
  }

  @Test
  void aValueOfTheLargestSize_isTakenAndALargerOneRefused() {
    int maximum = 64 << 20;
    StoreOptions options =
        StoreOptions.builder().maximumDiskBytes(400L << 20).maximumValueBytes(maximum).build();
    byte[] value = new byte[maximum];
    new Random(5).nextBytes(value);
    try (ColdStore store = ColdStore.open(directory, options)) {
      ColdTable table = table(store);
      table.put(KEY, value, ColdTable.NEVER);
      assertThat(Arrays.equals(table.get(KEY), value)).isTrue();
      assertThatThrownBy(() -> table.put(KEY, new byte[maximum + 1], ColdTable.NEVER))
          .isInstanceOf(OversizedValueException.class)
          .hasMessage("value of 67108865 bytes in table t, at most 67108864");
      assertThat(table.get(KEY)).hasSize(maximum);
    }
    try (ColdStore store = ColdStore.open(directory, options)) {
      assertThat(Arrays.equals(table(store).get(KEY), value)).isTrue();
    }
  }

  @Test
  void anythingAfterClose_saysThatTheStoreIsClosed() {
    ColdStore store = ColdStore.open(directory, OPTIONS);
    ColdTable table = table(store);
    table.put(KEY, VALUE, ColdTable.NEVER);
    store.close();
    store.close();
    assertThatThrownBy(() -> table.get(KEY))
        .isInstanceOf(StoreClosedException.class)
        .hasMessageContaining(directory.toString());
    assertThatThrownBy(() -> table.put(KEY, VALUE, ColdTable.NEVER))
        .isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> table.remove(KEY)).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(table::clear).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(store::flush).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> table(store)).isInstanceOf(StoreClosedException.class);
    assertThatThrownBy(() -> store.drop("t")).isInstanceOf(StoreClosedException.class);
  }

  @Test
  void settingsOutOfRange_nameTheirRange() {
    StoreOptions.Builder builder = StoreOptions.builder();
    assertThatThrownBy(() -> builder.maximumDiskBytes((16 << 20) - 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maximumDiskBytes 16777215, allowed 16777216 to");
    assertThatThrownBy(() -> builder.maximumValueBytes(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maximumValueBytes 0, allowed 1 to");
    assertThatThrownBy(() -> builder.maximumValueBytes((256 << 20) + 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> builder.maximumSegmentBytes(3 << 20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("powers of two");
    assertThatThrownBy(() -> builder.ifLocked(Duration.ofMillis(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("from zero");
    assertThatThrownBy(() -> FlushPolicy.async(Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("interval PT0S");
    assertThatThrownBy(() -> FlushPolicy.async(Duration.ofHours(2)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> FlushPolicy.async(Duration.ofSeconds(1), 1000))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bytes 1000, at least 65536");
  }

  /** Holds a store open until its input ends. */
  static final class StoreHolder {
    static final String OPEN = "open";

    private StoreHolder() {}

    public static void main(String[] arguments) throws IOException {
      try (ColdStore store = ColdStore.open(Path.of(arguments[0]), OPTIONS)) {
        table(store).put(KEY, VALUE, ColdTable.NEVER);
        System.out.println(OPEN);
        while (System.in.read() >= 0) {
          System.out.flush();
        }
      }
    }
  }
}
