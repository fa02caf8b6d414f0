// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.format.FrameReader.Verdict;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The frames that are decoded into values. */
class LogFrameTest {
  private static final long TIME = 1_767_225_600_123L;
  private static final Octets OPTIONS = Octets.of(new byte[] {(byte) 0xAA, (byte) 0xBB});
  private static final Octets STATE = Octets.of(new byte[] {9, 10, 11}, 1, 2);

  private final FrameWriter writer = new FrameWriter();
  private final FrameReader reader = new FrameReader();

  /** Checks a frame both ways against its golden bytes. */
  private void check(int length, byte[] golden, LogFrame value) throws CorruptBytesException {
    writer.seal(GoldenFrames.SALT, GoldenFrames.POSITION, length);
    assertThat(Arrays.copyOf(writer.bytes(), length)).isEqualTo(golden);
    assertThat(decode(golden)).isEqualTo(value);
  }

  private LogFrame decode(byte[] frame) throws CorruptBytesException {
    Verdict verdict = reader.wrap(frame, 0, frame.length, GoldenFrames.SALT, GoldenFrames.POSITION);
    assertThat(verdict).isEqualTo(Verdict.OK);
    return LogFrame.decode(reader, "log");
  }

  @Test
  void tableFramesHaveTheirGoldenBytes() throws CorruptBytesException {
    check(
        writer.tableCreate(9, "käs", OPTIONS),
        GoldenFrames.TABLE_CREATE,
        new LogFrame.TableCreate(9, "käs", OPTIONS));
    check(writer.tableDrop(9), GoldenFrames.TABLE_DROP, new LogFrame.TableDrop(9));
    check(writer.tableClear(9), GoldenFrames.TABLE_CLEAR, new LogFrame.TableClear(9));
  }

  @Test
  void segmentFramesHaveTheirGoldenBytes() throws CorruptBytesException {
    check(
        writer.segmentCreate(9, 6, 0x0102, 1 << 20, 4096, TIME),
        GoldenFrames.SEGMENT_CREATE,
        new LogFrame.SegmentCreate(9, 6, 0x0102, 1 << 20, 4096, TIME));
    check(
        writer.segmentState(9, 6, ExtentState.SEALED, 64, 16),
        GoldenFrames.SEGMENT_STATE,
        new LogFrame.SegmentState(9, 6, ExtentState.SEALED, 64, 16));
    check(writer.segmentDrop(9, 6), GoldenFrames.SEGMENT_DROP, new LogFrame.SegmentDrop(9, 6));
  }

  @Test
  void anOpenedExtentRoundTrips() throws CorruptBytesException {
    int length = writer.segmentState(9, 6, ExtentState.OPEN, 0, 1);
    writer.seal(GoldenFrames.SALT, GoldenFrames.POSITION, length);

    assertThat(decode(Arrays.copyOf(writer.bytes(), length)))
        .isEqualTo(new LogFrame.SegmentState(9, 6, ExtentState.OPEN, 0, 1));
  }

  @Test
  void batchJobAndMarkHaveTheirGoldenBytes() throws CorruptBytesException {
    check(
        writer.batchCommit(0x77, 0x4000, 2),
        GoldenFrames.BATCH_COMMIT,
        new LogFrame.BatchCommit(0x77, 0x4000, 2));
    check(
        writer.jobState(9, 0x88, 3, STATE),
        GoldenFrames.JOB_STATE,
        new LogFrame.JobState(9, 0x88, 3, STATE));
    check(writer.durable(0x4038, TIME), GoldenFrames.DURABLE, new LogFrame.Durable(0x4038, TIME));
  }

  @Test
  void checkpointFramesHaveTheirGoldenBytes() throws CorruptBytesException {
    check(
        writer.checkpointBegin(12),
        GoldenFrames.CHECKPOINT_BEGIN,
        new LogFrame.CheckpointBegin(12));
    LogFrame.CheckpointEnd end =
        new LogFrame.CheckpointEnd(
            12,
            List.of(
                new LogFrame.PartitionLsn(9, 1, 1, 0x4000),
                new LogFrame.PartitionLsn(9, 0, 1, 0x4008)),
            List.of(new LogFrame.OpenBatch(0x77, 0x4010)),
            List.of(new LogFrame.DirtyFile(9, 6)));
    check(writer.checkpointEnd(end), GoldenFrames.CHECKPOINT_END, end);
  }

  @Test
  void padAndEndHaveTheirGoldenBytes() throws CorruptBytesException {
    check(writer.pad(21), GoldenFrames.PAD, new LogFrame.Pad(21));
    check(writer.segmentEnd(), GoldenFrames.SEGMENT_END, new LogFrame.SegmentEnd());
  }

  @Test
  void aCheckpointOfManyPartitionsRoundTrips() throws CorruptBytesException {
    LogFrame.PartitionLsn each = new LogFrame.PartitionLsn(9, 1, 1, 0x4000);
    LogFrame.CheckpointEnd end =
        new LogFrame.CheckpointEnd(1, Collections.nCopies(5000, each), List.of(), List.of());
    int length = writer.checkpointEnd(end);
    writer.seal(GoldenFrames.SALT, GoldenFrames.POSITION, length);

    assertThat(decode(Arrays.copyOf(writer.bytes(), length))).isEqualTo(end);
  }

  @ParameterizedTest
  @CsvSource({
    "TABLE_CREATE, 16, 200", // the name is longer than the frame
    "TABLE_CREATE, 19, 255", // the name is not UTF-8
    "TABLE_CREATE, 25, 255", // the options have a negative length
    "TABLE_CREATE, 22, 1", // bytes are left over
    "SEGMENT_CREATE, 22, 1", // stream class
    "SEGMENT_CREATE, 31, 128", // capacity
    "SEGMENT_CREATE, 32, 1", // LSN
    "SEGMENT_STATE, 20, 0", // state
    "SEGMENT_STATE, 20, 3",
    "SEGMENT_DROP, 19, 128", // segment
    "CHECKPOINT_END, 27, 127", // more partitions than bytes
    "CHECKPOINT_END, 32, 2" // prefix
  })
  void aPayloadThatIsNoneOfItsTypeIsDamage(FrameType type, int at, int value)
      throws ReflectiveOperationException {
    byte[] golden = (byte[]) GoldenFrames.class.getDeclaredField(type.name()).get(null);
    byte[] frame = writer.bytes();
    System.arraycopy(golden, 0, frame, 0, golden.length);
    frame[at] = (byte) value;
    writer.seal(GoldenFrames.SALT, GoldenFrames.POSITION, golden.length);

    assertThatThrownBy(() -> decode(Arrays.copyOf(frame, golden.length)))
        .isInstanceOf(CorruptBytesException.class)
        .hasMessageContaining("log");
  }

  @Test
  void frequentFramesAreReadInPlace() {
    assertThatThrownBy(() -> decode(GoldenFrames.TUPLE_INSERT))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("TUPLE_INSERT");
  }

  @Test
  void aNameHasALimit() {
    assertThatThrownBy(() -> writer.tableCreate(1, "x".repeat(65_536), Octets.EMPTY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("65536");
  }

  @Test
  void octetsAreValues() {
    byte[] source = {1, 2};
    Octets octets = Octets.of(source);
    source[0] = 9;
    octets.toArray()[1] = 9;

    assertThat(octets).isEqualTo(Octets.of(new byte[] {1, 2})).isNotEqualTo(Octets.EMPTY);
    assertThat((Object) octets).isNotEqualTo("0102");
    assertThat(octets).hasSameHashCodeAs(Octets.of(new byte[] {1, 2})).hasToString("0102");
  }
}
