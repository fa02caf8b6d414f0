// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.format;

import io.firn.cold.io.Crc32c;
import io.firn.cold.model.Address;
import java.util.List;

/** Turns a manifest into bytes and back. */
final class ManifestCodec {
  static final int MAGIC = 0x4E414D46;
  static final int VERSION = 2;

  /** Segments had no expiry then. */
  private static final int FIRST_VERSION = 1;

  private static final int AT_MAGIC = 0;
  private static final int AT_VERSION = 4;
  private static final int AT_RESERVED = 6;
  private static final int AT_NUMBER = 8;
  private static final int AT_LENGTH = 16;
  private static final int AT_CRC = 20;
  private static final int AT_ZEROS = 24;

  /* Smallest encodings, which bound the counts of lists. */
  private static final int TABLE_BYTES = 30;

  /** Of version 1, the least. */
  private static final int SEGMENT_BYTES = 48;

  private static final int DROPPED_BYTES = 12;
  private static final int EXTENT_BYTES = 12;
  private static final int SLOT_BYTES = 37;
  private static final int PARTITION_BYTES = 5 + PartitionEntry.SLOTS * SLOT_BYTES;
  private static final int DICTIONARY_BYTES = 16;

  static final List<Field> HEADER_LAYOUT =
      List.of(
          new Field("magic", AT_MAGIC, 4, "\"FMAN\""),
          new Field("version", AT_VERSION, 2, "u16 = 2"),
          new Field("reserved", AT_RESERVED, 2, "0"),
          new Field("number", AT_NUMBER, 8, "u64, higher is newer"),
          new Field("length", AT_LENGTH, 4, "u32: bytes of the payload"),
          new Field(
              "crc", AT_CRC, 4, "CRC32C of the header with this field as 0, then the payload"),
          new Field("zeros", AT_ZEROS, Manifest.HEADER_BYTES - AT_ZEROS, "0"));

  static final List<Field> PAYLOAD_LAYOUT =
      List.of(
          new Field("pageBytes", 0, 4, "u32, 512 to 65,536"),
          new Field("segmentNumberBits", 4, 1, "u8, 1 to 23"),
          new Field("hashSeed", 5, 16, "2 × u64"),
          new Field("storeId", 21, 16, "2 × u64, random"),
          new Field("nextTableId", 37, 4, "u32"),
          new Field("maxWallMillis", 41, 8, "i64: highest wall-clock time seen"),
          new Field("cleanEndLsn", 49, 8, "u64: end of the log, 0 = not closed cleanly"),
          new Field("redoLsn", 57, 8, "u64: where redo starts"),
          new Field("logSequence", 65, 8, "u64: number of the next log segment"),
          new Field("nextSlotNumber", 73, 8, "u64: number of the next snapshot"),
          new Field("tableCount", 81, 4, "u32"),
          new Field("tables", 85, Field.VARIABLE, "count × table, see below"),
          Field.following("dictionaryCount", 4, "u32"),
          Field.following(
              "dictionaries", Field.VARIABLE, "count × {id u32, table u32, length u32, crc u32}"),
          Field.following("jobCount", 4, "u32"),
          Field.following(
              "jobs",
              Field.VARIABLE,
              "count × {tableId u32, jobId u64, kind u8, stateLength u32, state}"));

  static final List<Field> TABLE_LAYOUT =
      List.of(
          new Field("id", 0, 4, "u32"),
          new Field("nameLength", 4, 2, "u16: bytes"),
          new Field("name", 6, Field.VARIABLE, "UTF-8"),
          Field.following("optionsLength", 4, "u32: bytes"),
          Field.following("options", Field.VARIABLE, "see Options of a table"),
          Field.following("nextSegment", 4, "u32"),
          Field.following("segmentCount", 4, "u32"),
          Field.following("segments", Field.VARIABLE, "count × segment, see below"),
          Field.following("droppedCount", 4, "u32"),
          Field.following("dropped", Field.VARIABLE, "count × {number u32, dropLsn u64}"),
          Field.following("openExtentCount", 4, "u32"),
          Field.following(
              "openExtents", Field.VARIABLE, "count × {segment u32, firstPage u32, pages u32}"),
          Field.following("partitionCount", 4, "u32"),
          Field.following(
              "partitions", Field.VARIABLE, "count × {prefix u32, bits u8, 2 × slot, see below}"));

  static final List<Field> SEGMENT_LAYOUT =
      List.of(
          new Field("number", 0, 4, "u32"),
          new Field("capacity", 4, 8, "u64: largest size of the file in bytes"),
          new Field("streamClass", 12, 4, "u32, 0 to 65,535"),
          new Field("lsnBase", 16, 8, "u64"),
          new Field("timeBaseMillis", 24, 8, "i64"),
          new Field(
              "latestExpiryMillis",
              32,
              8,
              "i64: all of it before redo has expired then; maximum = some never does;"
                  + " maximum − 1 = unknown until it is read"),
          new Field("liveCharge", 40, 8, "u64: bytes, a hint"),
          new Field("liveRecords", 48, 8, "u64, a hint"));

  static final List<Field> SLOT_LAYOUT =
      List.of(
          new Field("offset", 0, 8, "i64: in the index file, −1 = there is no slot"),
          new Field("capacityBytes", 8, 4, "u32: bytes reserved there"),
          new Field("number", 12, 8, "u64"),
          new Field("lsn", 20, 8, "u64"),
          new Field("entries", 28, 4, "u32"),
          new Field("prefix", 32, 4, "u32"),
          new Field("bits", 36, 1, "u8"));

  private ManifestCodec() {}

  static byte[] encode(Manifest manifest) {
    ByteSink sink = new ByteSink(Manifest.HEADER_BYTES);
    StoreIdentity identity = manifest.identity();
    sink.i32(identity.pageBytes()).u8(identity.segmentNumberBits());
    sink.i64(identity.hashSeed0()).i64(identity.hashSeed1());
    sink.i64(identity.storeId0()).i64(identity.storeId1());
    sink.i32(manifest.nextTableId()).i64(manifest.maxWallMillis());
    sink.i64(manifest.cleanEndLsn()).i64(manifest.redoLsn());
    sink.i64(manifest.logSequence()).i64(manifest.nextSlotNumber());
    sink.list(manifest.tables(), ManifestCodec::putTable);
    sink.list(
        manifest.dictionaries(),
        (out, each) -> out.i32(each.id()).i32(each.table()).i32(each.length()).i32(each.crc()));
    sink.list(
        manifest.jobs(),
        (out, each) ->
            out.i32(each.tableId()).i64(each.jobId()).u8(each.kind()).octets(each.state()));
    byte[] bytes = sink.toArray();
    int length = bytes.length - Manifest.HEADER_BYTES;
    LittleEndian.putInt(bytes, AT_MAGIC, MAGIC);
    LittleEndian.putInt(bytes, AT_VERSION, VERSION);
    LittleEndian.putLong(bytes, AT_NUMBER, manifest.number());
    LittleEndian.putInt(bytes, AT_LENGTH, length);
    LittleEndian.putInt(bytes, AT_CRC, crc(bytes, length));
    return bytes;
  }

  static Manifest decode(byte[] bytes, String resource) throws CorruptBytesException {
    Headers.checkLength(bytes, 0, Manifest.HEADER_BYTES, resource);
    Headers.checkMagic(bytes, AT_MAGIC, MAGIC, resource);
    int length = LittleEndian.getInt(bytes, AT_LENGTH);
    boolean fits = length >= 0 && length <= bytes.length - Manifest.HEADER_BYTES;
    Headers.check(fits, resource, AT_LENGTH, "length", length);
    Headers.checkCrc(LittleEndian.getInt(bytes, AT_CRC), crc(bytes, length), AT_CRC, resource);
    int version = LittleEndian.getShort(bytes, AT_VERSION);
    Headers.checkVersion(version, FIRST_VERSION, VERSION, AT_VERSION, resource);
    Headers.checkZeros(bytes, AT_RESERVED, AT_NUMBER, resource);
    Headers.checkZeros(bytes, AT_ZEROS, Manifest.HEADER_BYTES, resource);
    long number = LittleEndian.getLong(bytes, AT_NUMBER);
    ByteSource source = new ByteSource(bytes, Manifest.HEADER_BYTES, length, resource);
    Manifest manifest = manifest(number, version, source);
    source.expectEnd();
    return manifest;
  }

  private static Manifest manifest(long number, int version, ByteSource source)
      throws CorruptBytesException {
    return new Manifest(
        number,
        identity(source),
        source.count(),
        source.i64(),
        source.lsn(),
        source.lsn(),
        source.size(),
        source.size(),
        source.list(TABLE_BYTES, in -> table(version, in)),
        source.list(
            DICTIONARY_BYTES,
            in -> new DictionaryEntry(in.count(), in.count(), in.count(), in.i32())),
        source.list(
            JobEntry.HEADER_BYTES, in -> new JobEntry(in.count(), in.i64(), in.u8(), in.octets())));
  }

  private static StoreIdentity identity(ByteSource source) throws CorruptBytesException {
    int pageBytes = source.i32();
    source.check(
        pageBytes >= PageLayout.MINIMUM_PAGE_BYTES && pageBytes <= PageLayout.MAXIMUM_PAGE_BYTES,
        4,
        pageBytes);
    int numberBits = source.u8();
    source.check(
        numberBits >= 1 && numberBits <= Integer.bitCount(Address.MAX_SEGMENT), 1, numberBits);
    return new StoreIdentity(
        pageBytes, numberBits, source.i64(), source.i64(), source.i64(), source.i64());
  }

  private static void putTable(ByteSink sink, TableEntry table) {
    sink.i32(table.id()).text(table.name()).octets(table.options()).i32(table.nextSegment());
    sink.list(table.segments(), ManifestCodec::putSegment);
    sink.list(table.dropped(), (out, each) -> out.i32(each.number()).i64(each.dropLsn()));
    sink.list(
        table.openExtents(),
        (out, each) -> out.i32(each.segment()).i32(each.firstPage()).i32(each.pages()));
    sink.list(table.partitions(), ManifestCodec::putPartition);
  }

  private static TableEntry table(int version, ByteSource source) throws CorruptBytesException {
    return new TableEntry(
        source.count(),
        source.text(),
        source.octets(),
        source.count(),
        source.list(SEGMENT_BYTES, in -> segment(version, in)),
        source.list(DROPPED_BYTES, in -> new DroppedSegment(in.count(), in.lsn())),
        source.list(EXTENT_BYTES, in -> new OpenExtent(in.count(), in.count(), in.count())),
        source.list(PARTITION_BYTES, ManifestCodec::partition));
  }

  private static void putSegment(ByteSink sink, SegmentEntry segment) {
    sink.i32(segment.number()).i64(segment.capacity()).i32(segment.streamClass());
    sink.i64(segment.lsnBase()).i64(segment.timeBaseMillis()).i64(segment.latestExpiryMillis());
    sink.i64(segment.liveCharge()).i64(segment.liveRecords());
  }

  private static SegmentEntry segment(int version, ByteSource source) throws CorruptBytesException {
    int number = source.count();
    source.check(number >= 1 && number <= Address.MAX_SEGMENT, 4, number);
    long capacity = source.size();
    source.check(capacity <= Address.MAX_SEGMENT_BYTES, 8, capacity);
    int streamClass = source.count();
    source.check(streamClass <= 0xFFFF, 4, streamClass);
    return new SegmentEntry(
        number,
        capacity,
        streamClass,
        source.lsn(),
        source.i64(),
        version == FIRST_VERSION ? Long.MAX_VALUE : source.i64(),
        source.size(),
        source.size());
  }

  private static void putPartition(ByteSink sink, PartitionEntry partition) {
    sink.i32(partition.prefix()).u8(partition.bits());
    for (SlotEntry slot : partition.slots()) {
      sink.i64(slot.offset()).i32(slot.capacityBytes()).i64(slot.number()).i64(slot.lsn());
      sink.i32(slot.entries()).i32(slot.prefix()).u8(slot.bits());
    }
  }

  private static PartitionEntry partition(ByteSource source) throws CorruptBytesException {
    int prefix = source.i32();
    int bits = source.u8();
    source.check(SlotHeader.isPrefix(prefix, bits), 5, prefix);
    return new PartitionEntry(prefix, bits, List.of(slot(source), slot(source)));
  }

  private static SlotEntry slot(ByteSource source) throws CorruptBytesException {
    long offset = source.i64();
    source.check(offset >= SlotEntry.NO_OFFSET, 8, offset);
    int capacityBytes = source.count();
    long number = source.size();
    long lsn = source.lsn();
    int entries = source.count();
    int prefix = source.i32();
    int bits = source.u8();
    source.check(SlotHeader.isPrefix(prefix, bits), 5, prefix);
    return new SlotEntry(offset, capacityBytes, number, lsn, entries, prefix, bits);
  }

  private static int crc(byte[] bytes, int length) {
    Crc32c crc = new Crc32c();
    crc.update(bytes, 0, AT_CRC);
    crc.update(new byte[Integer.BYTES], 0, Integer.BYTES);
    crc.update(bytes, AT_ZEROS, Manifest.HEADER_BYTES - AT_ZEROS + length);
    return crc.value();
  }
}
