// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.plan;

import static io.firn.compaction.plan.Segments.MIB;
import static org.assertj.core.api.Assertions.assertThat;

import io.firn.compaction.CompactionConfig;
import io.firn.compaction.JobKind;
import io.firn.compaction.SegmentInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What is done to a table without being asked. */
final class AutoPlannerTest {
  private static final long NOW = 1_000_000;
  private static final long SEGMENT = 64 * MIB;
  private static final CompactionConfig DEFAULTS = CompactionConfig.defaults();
  private static final CompactionConfig BY_HAND_ONLY =
      DEFAULTS.toBuilder().autoCompact(false).build();
  private static final StoreFacts ROOMY = new StoreFacts(1000 * MIB, 0, false, false, NOW, 0);
  private static final StoreFacts IDLE = new StoreFacts(1000 * MIB, 0, true, false, NOW, 0);

  @Test
  void aHealthyTable_isLeftAlone() {
    assertThat(plan(full(1, 10), ROOMY)).isEmpty();
    assertThat(plan(full(1, 10), IDLE)).isEmpty();
    assertThat(plan(List.of(), lacking(MIB))).isEmpty();
  }

  @Test
  void roomThatLacks_isMadeOfGarbage_ifThereIsEnough() {
    List<SegmentInfo> segments = new ArrayList<>(full(1, 3));
    segments.add(Segments.sealed(4, 64 * MIB, 32 * MIB, 50));
    segments.add(Segments.sealed(5, 64 * MIB, 8 * MIB, 90));
    PlannedJob job = plan(segments, lacking(40 * MIB)).orElseThrow();
    assertThat(job.kind()).isEqualTo(JobKind.FILES);
    assertThat(job.segments()).containsExactly(5);
    assertThat(job.plannedBytes()).isEqualTo(64 * MIB);
    assertThat(job.reason()).contains(Long.toString(40 * MIB));
    assertThat(plan(segments, lacking(80 * MIB)).orElseThrow().segments()).containsExactly(5, 4);
  }

  @Test
  void roomThatLacks_isMadeOfTheOldestFiles_ifThereIsNotEnoughGarbage() {
    List<SegmentInfo> segments = new ArrayList<>();
    segments.add(Segments.segment(1, 64 * MIB, 63 * MIB, 0, 0, 3_000, true));
    segments.add(Segments.segment(2, 64 * MIB, 63 * MIB, 0, 0, 1_000, true));
    segments.add(Segments.segment(3, 64 * MIB, 40 * MIB, 30, 0, 2_000, true));
    segments.add(Segments.segment(4, 64 * MIB, 63 * MIB, 0, 0, 0, false));
    PlannedJob job = plan(segments, lacking(100 * MIB)).orElseThrow();
    assertThat(job.kind()).isEqualTo(JobKind.EVICTION);
    assertThat(job.segments()).containsExactly(2, 3);
    assertThat(plan(segments, lacking(MIB)).orElseThrow().kind()).isEqualTo(JobKind.FILES);
  }

  @Test
  void whereMovingMadeNoRoom_theOldestFilesGo() {
    List<SegmentInfo> segments = new ArrayList<>(full(1, 3));
    segments.add(Segments.sealed(4, 64 * MIB, 8 * MIB, 90));
    assertThat(plan(segments, lacking(MIB)).orElseThrow().kind()).isEqualTo(JobKind.FILES);
    PlannedJob job = plan(segments, lacking(MIB).withoutMoves()).orElseThrow();
    assertThat(job.kind()).isEqualTo(JobKind.EVICTION);
    assertThat(job.segments()).hasSize(1);
    assertThat(plan(segments, lacking(1000 * MIB).withoutMoves()).orElseThrow().segments())
        .hasSize(2);
    assertThat(plan(segments, ROOMY.withoutMoves())).isEqualTo(plan(segments, ROOMY));
  }

  @Test
  void eightFilesWithAFifthOfGarbage_areMoved_beforeAnythingIsEvicted() {
    List<SegmentInfo> segments = new ArrayList<>();
    for (int number = 1; number <= 20; number++) {
      segments.add(Segments.sealed(number, 64 * MIB, 51 * MIB, 20));
    }
    PlannedJob job = plan(segments, lacking(1000 * MIB)).orElseThrow();
    assertThat(job.kind()).isEqualTo(JobKind.FILES);
    assertThat(job.segments()).hasSize(8);
  }

  @Test
  void whatExpiresSoon_isNotMoved() {
    long soon = NOW + 5_000;
    for (long at : new long[] {soon, soon + 1}) {
      List<SegmentInfo> segments = new ArrayList<>(full(1, 3));
      segments.add(expiring(Segments.sealed(4, 64 * MIB, 8 * MIB, 90), at));
      JobKind expected = at == soon ? JobKind.EVICTION : JobKind.FILES;
      assertThat(plan(segments, lacking(MIB)).orElseThrow().kind()).isEqualTo(expected);
      assertThat(plan(segments, IDLE).isPresent()).isEqualTo(at != soon);
      SegmentInfo partly = Segments.segment(4, 64 * MIB, 60 * MIB, 0, 30 * MIB, 0, true);
      assertThat(plan(List.of(expiring(partly, at)), ROOMY).isPresent()).isEqualTo(at != soon);
    }
  }

  @Test
  void whatDoesNotSaveEnough_isLeftAlone_unlessRoomLacks() {
    List<SegmentInfo> segments = new ArrayList<>();
    for (int number = 1; number <= 12; number++) {
      segments.add(Segments.sealed(number, 64 * MIB, 40 * MIB, 50));
    }
    CompactionConfig choosy = DEFAULTS.toBuilder().minSpaceSaving(0.5).build();
    assertThat(AutoPlanner.plan(segments, IDLE, choosy, 64 * MIB)).isEmpty();
    assertThat(AutoPlanner.plan(segments, ROOMY, choosy, 64 * MIB)).isEmpty();
    assertThat(AutoPlanner.plan(segments, lacking(20 * MIB), choosy, 64 * MIB)).isPresent();
    assertThat(AutoPlanner.plan(segments, IDLE, DEFAULTS, 64 * MIB)).isPresent();
    assertThat(AutoPlanner.plan(segments, ROOMY, DEFAULTS, 64 * MIB)).isPresent();
  }

  @Test
  void jobs_sayWhatTheySave_andOnlyExpiryIsNotPaced() {
    List<SegmentInfo> segments = new ArrayList<>(full(1, 3));
    segments.add(Segments.sealed(5, 64 * MIB, 8 * MIB, 90));
    PlannedJob room = plan(segments, lacking(40 * MIB)).orElseThrow();
    assertThat(room.savedBytes()).isEqualTo(56 * MIB);
    assertThat(room.paced()).isTrue();
    segments.set(3, expired(4, 64 * MIB, NOW));
    assertThat(plan(segments, ROOMY).orElseThrow().paced()).isFalse();
    assertThat(plan(segments, lacking(40 * MIB)).orElseThrow().paced()).isFalse();
  }

  @Test
  void nothingLiveIsEvicted_whileWholeFilesHaveExpired() {
    List<SegmentInfo> segments = new ArrayList<>(full(1, 3));
    segments.add(expired(4, 64 * MIB, NOW));
    PlannedJob job = plan(segments, lacking(60 * MIB)).orElseThrow();
    assertThat(job.kind()).isEqualTo(JobKind.EXPIRY);
    assertThat(job.segments()).containsExactly(4);
  }

  @Test
  void filesThatHaveExpired_areSwept_fromTheMomentOn() {
    List<SegmentInfo> segments = new ArrayList<>(full(1, 3));
    segments.add(expired(4, 64 * MIB, NOW));
    segments.add(expired(5, 64 * MIB, NOW + 1));
    PlannedJob job = plan(segments, ROOMY).orElseThrow();
    assertThat(job.kind()).isEqualTo(JobKind.EXPIRY);
    assertThat(job.segments()).containsExactly(4);
  }

  @Test
  void filesOfWhichMuchHasExpired_areRewritten() {
    long bytes = 10 * MIB;
    List<SegmentInfo> atTheBound =
        List.of(Segments.segment(1, bytes, bytes, 0, 3 * MIB, 0, true), full(2));
    assertThat(plan(atTheBound, ROOMY)).isEmpty();
    List<SegmentInfo> above =
        List.of(Segments.segment(1, bytes, bytes, 0, 3 * MIB + 1, 0, true), full(2));
    PlannedJob job = plan(above, ROOMY).orElseThrow();
    assertThat(job.kind()).isEqualTo(JobKind.FILES);
    assertThat(job.segments()).containsExactly(1);
  }

  @Test
  void debt_isPaid_fromThirtyPercentAndTwoFilesOn_downToTwentyFive() {
    // 8 files with 40 MiB live each: useful 320 MiB, allowed 320 + 96 + 2 * 8 = 432.
    List<SegmentInfo> segments = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      segments.add(Segments.sealed(i, 54 * MIB, 40 * MIB, 20));
    }
    CompactionConfig calm = DEFAULTS.toBuilder().compactThresholdFiles(1000).build();
    calm = calm.toBuilder().compactThresholdBytes(1000 * MIB).build();
    assertThat(AutoPlanner.plan(segments, ROOMY, calm, 8 * MIB)).isEmpty();
    SegmentInfo first = segments.remove(0);
    segments.add(0, Segments.sealed(1, first.bytes() + 1, first.liveBytes(), 20));
    PlannedJob job = AutoPlanner.plan(segments, ROOMY, calm, 8 * MIB).orElseThrow();
    // From 432 MiB and a byte to 400 MiB: 32 MiB, 14 MiB in each file.
    assertThat(job.kind()).isEqualTo(JobKind.FILES);
    assertThat(job.segments()).hasSize(3);
  }

  @Test
  void aFileWithLittleGarbage_isNotRewritten_toPayDebt() {
    List<SegmentInfo> segments = new ArrayList<>();
    segments.add(Segments.sealed(1, 10 * MIB, 9 * MIB, 10));
    segments.add(Segments.segment(2, 200 * MIB, MIB, 90, 0, 0, false));
    assertThat(AutoPlanner.plan(segments, ROOMY, DEFAULTS, MIB)).isEmpty();
  }

  @Test
  void aJob_takesEightFilesAtMost_butMoreOfSmallerOnes() {
    List<SegmentInfo> segments = new ArrayList<>();
    for (int i = 1; i <= 20; i++) {
      segments.add(Segments.sealed(i, 20 * MIB, 5 * MIB, 75));
    }
    PlannedJob large = AutoPlanner.plan(segments, ROOMY, DEFAULTS, 16 * MIB).orElseThrow();
    assertThat(large.segments()).hasSize(8);
    PlannedJob small = AutoPlanner.plan(segments, ROOMY, DEFAULTS, 32 * MIB).orElseThrow();
    assertThat(small.segments()).hasSize(12); // 240 of 256 MiB
  }

  @Test
  void freePages_areRoomAlready_soTheirFileIsNotEmptiedForThem() {
    SegmentInfo half = Segments.sealed(1, 8 * MIB, 4 * MIB, 0);
    SegmentInfo begun = reusable(half, 4 * MIB);
    assertThat(plan(List.of(half), lacking(MIB)).orElseThrow().kind()).isEqualTo(JobKind.FILES);
    assertThat(plan(List.of(begun), lacking(MIB)).orElseThrow().kind()).isEqualTo(JobKind.EVICTION);
  }

  private static SegmentInfo reusable(SegmentInfo base, long bytes) {
    return new SegmentInfo(
        base.number(),
        base.path(),
        base.bytes(),
        base.bytes(),
        base.liveBytes(),
        base.totalRows(),
        base.deadRows(),
        base.expiredBytes(),
        bytes,
        base.latestExpiryMillis(),
        base.createdMillis(),
        base.streamClass(),
        base.sealed(),
        base.reads());
  }

  @Test
  void ofTwoEqualFiles_theOneThatIsReadMoreGoesFirst_toPayDebt() {
    SegmentInfo quiet = Segments.segment(4, 64 * MIB, 8 * MIB, 50, 0, 1_000, true);
    SegmentInfo busy = Segments.segment(5, 64 * MIB, 8 * MIB, 50, 0, 1_000, true);
    List<SegmentInfo> segments = new ArrayList<>(full(1, 3));
    segments.addAll(List.of(quiet, busy));
    assertThat(plan(segments, ROOMY).orElseThrow().segments()).containsExactly(4, 5);
    segments.set(4, Segments.read(busy, 610));
    assertThat(plan(segments, ROOMY).orElseThrow().segments()).containsExactly(5, 4);
    segments.set(3, Segments.read(quiet, 6_100));
    assertThat(plan(segments, ROOMY).orElseThrow().segments()).containsExactly(4, 5);
  }

  @Test
  void muchMoreGarbage_goesFirst_howeverOftenTheOtherIsRead() {
    List<SegmentInfo> segments = new ArrayList<>(full(1, 3));
    segments.add(Segments.segment(4, 64 * MIB, 2 * MIB, 75, 0, 1_000, true));
    segments.add(Segments.read(Segments.segment(5, 64 * MIB, 16 * MIB, 50, 0, 1_000, true), 6_100));
    assertThat(plan(segments, ROOMY).orElseThrow().segments()).containsExactly(4, 5);
  }

  @Test
  void whereRoomLacks_readsDoNotCount() {
    List<SegmentInfo> segments = new ArrayList<>(full(1, 3));
    segments.add(Segments.segment(4, 64 * MIB, 32 * MIB, 50, 0, 1_000, true));
    segments.add(Segments.read(Segments.segment(5, 64 * MIB, 32 * MIB, 50, 0, 1_000, true), 6_100));
    assertThat(plan(segments, lacking(8 * MIB)).orElseThrow().segments()).containsExactly(4);
  }

  @Test
  void garbageInManySmallFiles_isMovedBeforeAnythingIsEvicted() {
    List<SegmentInfo> segments = new ArrayList<>();
    for (int i = 1; i <= 40; i++) {
      segments.add(Segments.sealed(i, MIB, MIB / 2, 50));
    }
    PlannedJob job = AutoPlanner.plan(segments, lacking(40 * MIB), DEFAULTS, 8 * MIB).orElseThrow();
    assertThat(job.kind()).isEqualTo(JobKind.FILES);
    assertThat(job.segments()).hasSize(40);
  }

  @Test
  void aJob_readsHalfAGibibyteAtMost_butOneFileAlways() {
    List<SegmentInfo> segments = new ArrayList<>();
    segments.add(Segments.sealed(1, 800 * MIB, 100 * MIB, 87));
    segments.add(Segments.sealed(2, 800 * MIB, 100 * MIB, 87));
    assertThat(AutoPlanner.plan(segments, ROOMY, DEFAULTS, MIB).orElseThrow().segments())
        .hasSize(1);
  }

  @Test
  void tenFilesWithGarbage_areTidiedUp_ifItPays() {
    // 28 % over the useful bytes: below what starts the debt, above where it stops.
    List<SegmentInfo> nine = rotten(9);
    assertThat(AutoPlanner.plan(nine, ROOMY, quarterDead(), 100 * MIB)).isEmpty();
    List<SegmentInfo> ten = rotten(10);
    PlannedJob job = AutoPlanner.plan(ten, ROOMY, quarterDead(), 100 * MIB).orElseThrow();
    assertThat(job.kind()).isEqualTo(JobKind.FILES);
    assertThat(job.reason()).startsWith("10 files");
    List<SegmentInfo> butSoMuchIsAlive = new ArrayList<>(ten);
    butSoMuchIsAlive.addAll(full(100, 110));
    assertThat(AutoPlanner.plan(butSoMuchIsAlive, ROOMY, quarterDead(), 100 * MIB)).isEmpty();
  }

  @Test
  void manyBytesOfGarbage_areTidiedUp() {
    CompactionConfig config = quarterDead().toBuilder().compactThresholdBytes(20 * MIB).build();
    assertThat(AutoPlanner.plan(rotten(2), ROOMY, config, 100 * MIB)).isEmpty();
    assertThat(AutoPlanner.plan(rotten(3), ROOMY, config, 100 * MIB)).isPresent();
    assertThat(DEFAULTS.compactThresholdBytes()).isEqualTo(100 * MIB);
    assertThat(DEFAULTS.compactThresholdFiles()).isEqualTo(10);
  }

  @Test
  void anyFileWithGarbage_isTidiedUp_whenNobodyWrites() {
    List<SegmentInfo> segments = new ArrayList<>(full(1, 20));
    segments.add(Segments.sealed(30, 16 * MIB, 12 * MIB, 25));
    assertThat(plan(segments, IDLE)).isEmpty();
    segments.add(Segments.sealed(31, 16 * MIB, 12 * MIB - 1, 25));
    assertThat(plan(segments, ROOMY)).isEmpty();
    assertThat(plan(segments, IDLE).orElseThrow().segments()).containsExactly(31);
  }

  @Test
  void smallFiles_areMerged_whenTheyAreMany() {
    long small = DEFAULTS.effectiveSmallBytes(SEGMENT) - 1;
    List<SegmentInfo> segments = new ArrayList<>(full(1, 3));
    for (int i = 10; i < 19; i++) {
      segments.add(Segments.sealed(i, small, small, 0));
    }
    assertThat(plan(segments, ROOMY)).isEmpty();
    segments.add(Segments.sealed(19, small + 1, small, 0));
    assertThat(plan(segments, ROOMY)).isEmpty();
    segments.add(Segments.sealed(20, small, small, 0));
    PlannedJob job = plan(segments, ROOMY).orElseThrow();
    assertThat(job.segments()).hasSize(10).doesNotContain(1, 2, 3, 19);
    assertThat(job.reason()).isEqualTo("10 small files");
  }

  @Test
  void withoutAutoCompact_onlyRoomAndExpiryAreLookedAfter() {
    List<SegmentInfo> segments = new ArrayList<>(full(1, 2));
    for (int i = 10; i < 30; i++) {
      segments.add(Segments.sealed(i, 64 * MIB, 8 * MIB, 87));
    }
    assertThat(plan(segments, IDLE)).isPresent();
    assertThat(AutoPlanner.plan(segments, IDLE, BY_HAND_ONLY, SEGMENT)).isEmpty();
    assertThat(AutoPlanner.plan(segments, lacking(MIB), BY_HAND_ONLY, SEGMENT)).isPresent();
    segments.add(expired(40, MIB, NOW));
    assertThat(AutoPlanner.plan(segments, IDLE, BY_HAND_ONLY, SEGMENT).orElseThrow().kind())
        .isEqualTo(JobKind.EXPIRY);
  }

  @Test
  void theMoreUrgent_hasTheHigherPriority() {
    List<SegmentInfo> rotten = List.of(Segments.sealed(1, 640 * MIB, 8 * MIB, 90));
    int evict = plan(full(1, 3), lacking(MIB)).orElseThrow().priority();
    int room = plan(rotten, lacking(MIB)).orElseThrow().priority();
    int expire = plan(List.of(expired(1, MIB, NOW)), ROOMY).orElseThrow().priority();
    int debt = plan(rotten, ROOMY).orElseThrow().priority();
    int tidy = plan(List.of(Segments.sealed(1, 10 * MIB, MIB, 90)), IDLE).orElseThrow().priority();
    assertThat(List.of(tidy, debt, expire, room, evict)).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void whateverTheFilesAre_onlySealedOnesAreChosen_andEachOnce() {
    Random random = new Random(20_261_127);
    int jobs = 0;
    for (int round = 0; round < 5_000; round++) {
      List<SegmentInfo> all = new ArrayList<>();
      int count = random.nextInt(40);
      for (int i = 0; i < count; i++) {
        SegmentInfo any = Segments.arbitrary(random, i, SEGMENT);
        all.add(random.nextInt(5) == 0 ? expiring(any, NOW + random.nextInt(3) - 1) : any);
      }
      StoreFacts facts =
          new StoreFacts(
              (long) (random.nextDouble() * 1000 * MIB),
              (long) (random.nextDouble() * 500 * MIB),
              random.nextBoolean(),
              random.nextBoolean(),
              NOW,
              random.nextInt(3) * NOW / 2);
      CompactionConfig config = random.nextInt(4) == 0 ? BY_HAND_ONLY : DEFAULTS;
      Optional<PlannedJob> planned = AutoPlanner.plan(all, facts, config, SEGMENT);
      assertThat(AutoPlanner.plan(all, facts, config, SEGMENT)).isEqualTo(planned);
      if (planned.isPresent()) {
        check(planned.get(), all);
        jobs++;
      }
    }
    assertThat(jobs).isGreaterThan(1_000);
  }

  private static void check(PlannedJob job, List<SegmentInfo> all) {
    var byNumber = all.stream().collect(Collectors.toMap(SegmentInfo::number, each -> each));
    assertThat(job.segments()).isNotEmpty().doesNotHaveDuplicates();
    long bytes = 0;
    for (int number : job.segments()) {
      SegmentInfo chosen = Objects.requireNonNull(byNumber.get(number));
      assertThat(chosen.sealed()).isTrue();
      assertThat(chosen.liveBytes()).isPositive();
      bytes += chosen.bytes();
    }
    assertThat(job.plannedBytes()).isEqualTo(bytes);
  }

  private static Optional<PlannedJob> plan(List<SegmentInfo> segments, StoreFacts facts) {
    return AutoPlanner.plan(segments, facts, DEFAULTS, SEGMENT);
  }

  private static StoreFacts lacking(long bytes) {
    return new StoreFacts(100 * MIB, 100 * MIB + bytes, false, false, NOW, 0);
  }

  private static CompactionConfig quarterDead() {
    return DEFAULTS.toBuilder().deadRowShare(0.20).build();
  }

  /** Files with 28 % above their useful bytes: 32 MiB in which 25 live. */
  private static List<SegmentInfo> rotten(int count) {
    List<SegmentInfo> files = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      files.add(Segments.sealed(i, 32 * MIB, 25 * MIB, 22));
    }
    return files;
  }

  private static SegmentInfo full(int number) {
    return Segments.sealed(number, 64 * MIB, 64 * MIB, 0);
  }

  private static List<SegmentInfo> full(int first, int last) {
    List<SegmentInfo> files = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      files.add(full(i));
    }
    return files;
  }

  private static SegmentInfo expired(int number, long bytes, long at) {
    return expiring(Segments.segment(number, bytes, bytes, 0, at <= NOW ? bytes : 0, 0, true), at);
  }

  private static SegmentInfo expiring(SegmentInfo base, long at) {
    return new SegmentInfo(
        base.number(),
        base.path(),
        base.bytes(),
        base.capacityBytes(),
        base.liveBytes(),
        base.totalRows(),
        base.deadRows(),
        base.expiredBytes(),
        base.reusableBytes(),
        at,
        base.createdMillis(),
        base.streamClass(),
        base.sealed(),
        base.reads());
  }
}
