// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.format.LittleEndian;
import io.firn.cold.model.CorruptStoreException;
import io.firn.cold.model.UnsupportedVersionException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The settings of a table: defaults, effective values, ranges, and the bytes they are kept as. */
final class CompactionConfigTest {
  private static final long MIB = 1L << 20;
  private static final CompactionConfig DEFAULTS = CompactionConfig.defaults();
  private static final String FIELDS_OF_VERSION_1 =
      "030400"
          + "0a000000"
          + "0000400600000000"
          + "0000002000000000"
          + "0000000400000000"
          + "000000000000d03f"
          + "333333333333d33f"
          + "0004000000000000"
          + "9a9999999999b93f"
          + "0070c9b28b000000"
          + "05000000"
          + "0000000000000000";

  @Test
  void defaults_areTheDocumentedOnes() {
    assertThat(DEFAULTS)
        .isEqualTo(
            new CompactionConfig(
                true,
                true,
                10,
                100 * MIB,
                512 * MIB,
                64 * MIB,
                0.25,
                new CompactionThresholds(0.30, 5, 1024),
                0.10,
                Duration.ofMinutes(10),
                4,
                0,
                Duration.ofSeconds(2)));
  }

  @Test
  void effectiveSizes_fitTheSegments() {
    assertThat(DEFAULTS.effectiveTargetBytes(64 * MIB)).isEqualTo(64 * MIB);
    assertThat(DEFAULTS.effectiveSmallBytes(64 * MIB)).isEqualTo(8 * MIB);
    assertThat(DEFAULTS.effectiveTargetBytes(1024 * MIB)).isEqualTo(512 * MIB);
    assertThat(DEFAULTS.effectiveSmallBytes(1024 * MIB)).isEqualTo(64 * MIB);
    CompactionConfig tiny = DEFAULTS.toBuilder().minFileSizeBytes(MIB).build();
    assertThat(tiny.effectiveSmallBytes(64 * MIB)).isEqualTo(MIB);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 8, 64})
  void effectiveJobs_areHalfTheCoresButAtLeastOne(int cores) {
    assertThat(DEFAULTS.effectiveJobs(cores)).isEqualTo(Math.min(4, Math.max(1, cores / 2)));
  }

  @Test
  void options_carryTheEffectiveSizes() {
    CompactionConfig config =
        DEFAULTS.toBuilder().minSpaceSaving(0.2).timeout(Duration.ofSeconds(7)).build();
    CompactionOptions options = config.options(64 * MIB);
    assertThat(options.targetFileSizeBytes()).isEqualTo(64 * MIB);
    assertThat(options.minFileSizeBytes()).isEqualTo(8 * MIB);
    assertThat(options.minSpaceSaving()).isEqualTo(0.2);
    assertThat(options.timeout()).isEqualTo(Duration.ofSeconds(7));
    assertThat(options.fitted(64 * MIB)).isEqualTo(options);
  }

  @Test
  void builder_setsEachSettingAndNoOther() {
    CompactionConfig all = arbitrary(new Random(5));
    CompactionConfig copy =
        DEFAULTS.toBuilder()
            .autoCompact(all.autoCompact())
            .backgroundEnabled(all.backgroundEnabled())
            .compactThresholdFiles(all.compactThresholdFiles())
            .compactThresholdBytes(all.compactThresholdBytes())
            .targetFileSizeBytes(all.targetFileSizeBytes())
            .minFileSizeBytes(all.minFileSizeBytes())
            .deadRowShare(all.deadRowShare())
            .thresholds(all.thresholds())
            .minSpaceSaving(all.minSpaceSaving())
            .timeout(all.timeout())
            .maxConcurrentJobs(all.maxConcurrentJobs())
            .maximumBytesPerSecond(all.maximumBytesPerSecond())
            .maxRuntime(all.maxRuntime())
            .build();
    assertThat(copy).isEqualTo(all);
    assertThat(all.toBuilder().build()).isEqualTo(all);
  }

  @Test
  void settings_areRefusedOutsideTheirRange() {
    refused("compactThresholdFiles", builder -> builder.compactThresholdFiles(0));
    refused("compactThresholdBytes", builder -> builder.compactThresholdBytes(-1));
    refused("targetFileSizeBytes", builder -> builder.targetFileSizeBytes(0));
    refused("minFileSizeBytes", builder -> builder.minFileSizeBytes(-1));
    refused("deadRowShare", builder -> builder.deadRowShare(Double.NaN));
    refused("minSpaceSaving", builder -> builder.minSpaceSaving(1.5));
    refused("timeout", builder -> builder.timeout(Duration.ZERO));
    refused("timeout", builder -> builder.timeout(Duration.ofDays(1_000_000)));
    refused("maxConcurrentJobs", builder -> builder.maxConcurrentJobs(0));
    refused("maxConcurrentJobs", builder -> builder.maxConcurrentJobs(65));
    refused("maximumBytesPerSecond", builder -> builder.maximumBytesPerSecond(-1));
    refused("maxRuntime", builder -> builder.maxRuntime(Duration.ZERO));
    refused("maxRuntime", builder -> builder.maxRuntime(Duration.ofNanos(999_999)));
    refused("maxRuntime", builder -> builder.maxRuntime(Duration.ofDays(1_000_000)));
  }

  private static void refused(String name, Consumer<CompactionConfigBuilder> change) {
    CompactionConfigBuilder builder = DEFAULTS.toBuilder();
    change.accept(builder);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name);
  }

  @Test
  void bytes_areTheSameForEver() {
    assertThat(HexFormat.of().formatHex(DEFAULTS.encode()))
        .isEqualTo("02" + FIELDS_OF_VERSION_1 + "0094357700000000");
  }

  @Test
  void version1_isReadWithTheDefault_ofWhatItLacks() {
    byte[] bytes = HexFormat.of().parseHex("01" + FIELDS_OF_VERSION_1);
    assertThat(CompactionConfig.decode(bytes)).isEqualTo(DEFAULTS);
    LittleEndian.putLong(bytes, 76, 14);
    assertThat(CompactionConfig.decode(bytes))
        .isEqualTo(DEFAULTS.toBuilder().maximumBytesPerSecond(14).build());
    for (int length = 1; length < bytes.length; length++) {
      corrupt(Arrays.copyOf(bytes, length));
    }
    corrupt(Arrays.copyOf(bytes, bytes.length + 8));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void decode_givesBackWhatWasEncoded(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 200; i++) {
      CompactionConfig config = arbitrary(random);
      assertThat(CompactionConfig.decode(config.encode())).isEqualTo(config);
    }
  }

  @Test
  void decode_refusesANewerVersion() {
    byte[] bytes = DEFAULTS.encode();
    bytes[0] = 3;
    assertThatThrownBy(() -> CompactionConfig.decode(bytes))
        .isInstanceOf(UnsupportedVersionException.class)
        .hasMessageContaining("version 3");
    byte[] highest = {(byte) 0xff};
    assertThatThrownBy(() -> CompactionConfig.decode(highest))
        .isInstanceOf(UnsupportedVersionException.class)
        .hasMessageContaining("version 255");
  }

  @Test
  void decode_refusesWhatIsNotWhole() {
    byte[] bytes = DEFAULTS.encode();
    for (int length = 0; length < bytes.length; length++) {
      corrupt(Arrays.copyOf(bytes, length));
    }
    corrupt(Arrays.copyOf(bytes, bytes.length + 1));
    corrupt(new byte[bytes.length]);
  }

  @Test
  void decode_refusesWhatIsOutsideItsRange() {
    corruptAfter(bytes -> bytes[1] = 4);
    corruptAfter(bytes -> LittleEndian.putInt(bytes, 4, 0));
    corruptAfter(bytes -> LittleEndian.putLong(bytes, 16, -1));
    corruptAfter(bytes -> LittleEndian.putLong(bytes, 40, Double.doubleToLongBits(7)));
    corruptAfter(bytes -> LittleEndian.putLong(bytes, 64, -1));
    corruptAfter(bytes -> LittleEndian.putInt(bytes, 72, -5));
    corruptAfter(bytes -> LittleEndian.putLong(bytes, 76, -1));
    corruptAfter(bytes -> LittleEndian.putLong(bytes, 84, 0));
    corruptAfter(bytes -> bytes[0] = 1);
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13})
  void decode_ofAnyBytesEndsWithSettingsOrATypedError(long seed) {
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      byte[] bytes = DEFAULTS.encode();
      for (int flips = random.nextInt(6); flips >= 0; flips--) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      try {
        CompactionConfig read = CompactionConfig.decode(bytes);
        assertThat(CompactionConfig.decode(read.encode())).isEqualTo(read);
      } catch (CorruptStoreException | UnsupportedVersionException e) {
        assertThat(e).hasMessageStartingWith("compaction settings: ");
      }
    }
  }

  private static void corruptAfter(Consumer<byte[]> damage) {
    byte[] bytes = DEFAULTS.encode();
    damage.accept(bytes);
    corrupt(bytes);
  }

  private static void corrupt(byte[] bytes) {
    assertThatThrownBy(() -> CompactionConfig.decode(bytes))
        .isInstanceOf(CorruptStoreException.class)
        .hasMessageStartingWith("compaction settings: ");
  }

  private static CompactionConfig arbitrary(Random random) {
    return new CompactionConfig(
        random.nextBoolean(),
        random.nextBoolean(),
        1 + random.nextInt(Integer.MAX_VALUE),
        random.nextLong() >>> 1,
        Math.max(1, random.nextLong() >>> 1),
        random.nextLong() >>> 1,
        random.nextDouble(),
        new CompactionThresholds(
            random.nextDouble(), random.nextInt() >>> 1, random.nextLong() >>> 1),
        random.nextDouble(),
        Duration.ofMillis(1).plusNanos(random.nextLong() >>> 2),
        1 + random.nextInt(CompactionConfig.MOST_JOBS),
        random.nextLong() >>> 1,
        Duration.ofMillis(1).plusNanos(random.nextLong() >>> 2));
  }
}
