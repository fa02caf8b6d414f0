// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.benchmarks.subject;

import io.firn.cache.Firn;
import io.firn.cache.FirnBuilder;
import io.firn.cache.TieredCacheBuilder;
import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.util.List;
import net.openhft.chronicle.map.ChronicleMapBuilder;
import org.ehcache.CacheManager;
import org.ehcache.PersistentCacheManager;
import org.ehcache.config.builders.CacheConfigurationBuilder;
import org.ehcache.config.builders.CacheManagerBuilder;
import org.ehcache.config.builders.ResourcePoolsBuilder;
import org.ehcache.config.units.EntryUnit;
import org.ehcache.config.units.MemoryUnit;
import org.h2.mvstore.MVStore;
import org.infinispan.commons.dataconversion.MediaType;
import org.infinispan.configuration.cache.Configuration;
import org.infinispan.configuration.cache.ConfigurationBuilder;
import org.infinispan.configuration.global.GlobalConfiguration;
import org.infinispan.configuration.global.GlobalConfigurationBuilder;
import org.lmdbjava.EnvFlags;
import org.rocksdb.CompressionType;
import org.rocksdb.Options;

/** Every setting of every peer, in one place, so that a reader can judge whether they are fair. */
final class PeerSettings {
  /** The name under which a peer that has named caches or maps keeps the data. */
  static final String NAME = "bench";

  /** The mean key and value that stores sized up front are told of. */
  static final int MEAN_KEY_BYTES = 21;

  static final int MEAN_VALUE_BYTES = 1_000;

  static final List<String> LMDB_FLAGS =
      List.of(
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED");

  static final List<String> CHRONICLE_FLAGS =
      List.of(
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-opens=java.base/java.io=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-exports=java.base/jdk.internal.ref=ALL-UNNAMED",
          "--add-exports=jdk.unsupported/sun.misc=ALL-UNNAMED",
          "--add-exports=jdk.compiler/com.sun.tools.javac.file=ALL-UNNAMED",
          "--add-opens=jdk.compiler/com.sun.tools.javac=ALL-UNNAMED",
          "-Dchronicle.analytics.disable=true",
          "-Dchronicle.announcer.disable=true");

  /** LMDB leaves forcing to the operating system and writes through its mapping. */
  static final EnvFlags[] LMDB_ENV = {EnvFlags.MDB_NOSYNC, EnvFlags.MDB_WRITEMAP};

  private static final long FIRN_DEFAULT_ENTRIES = 4_000_000;
  private static final int EHCACHE_HEAP_ENTRIES = 100;
  private static final int INFINISPAN_HEAP_ENTRIES = 100;

  private PeerSettings() {}

  /** Firn as it comes; only a load that its default limit of disk space cannot hold raises it. */
  static FirnBuilder firn(Path directory, long expectedEntries) {
    FirnBuilder builder = Firn.in(directory);
    return expectedEntries > FIRN_DEFAULT_ENTRIES
        ? builder.maximumDiskBytes(4 * dataBytes(expectedEntries))
        : builder;
  }

  /** The hot tier is off, so that every get reads from the store. */
  static TieredCacheBuilder<byte[], byte[]> firnCache(Firn firn) {
    return firn.cache(NAME, Codec.bytes(), Codec.bytes()).maximumHotEntries(0);
  }

  /** RocksDB as the library comes (log on, no sync per write), with LZ4, or with blob files. */
  static Options rocksdb(boolean blobFiles) {
    Options options = new Options().setCreateIfMissing(true);
    return blobFiles
        ? options.setEnableBlobFiles(true)
        : options.setCompressionType(CompressionType.LZ4_COMPRESSION);
  }

  /** LMDB never grows its map, so it gets room for four times the data; the file is sparse. */
  static long lmdbMapBytes(long expectedEntries) {
    return Math.max(64L << 20, 4 * dataBytes(expectedEntries));
  }

  /** Chronicle Map is sized for exactly the entries to come, with checksums as by default. */
  static ChronicleMapBuilder<byte[], byte[]> chronicle(long expectedEntries) {
    return ChronicleMapBuilder.of(byte[].class, byte[].class)
        .name(NAME)
        .averageKeySize(MEAN_KEY_BYTES)
        .averageValueSize(MEAN_VALUE_BYTES)
        .putReturnsNull(true)
        .maxChunksPerEntry(1 << 12)
        .maxBloatFactor(4)
        .entries(Math.max(1_000, expectedEntries));
  }

  /** MVStore as the library comes: background commit every second, 16 MiB of page cache. */
  static MVStore.Builder mvStore(Path directory) {
    return new MVStore.Builder().fileName(directory.resolve("store.mv").toString());
  }

  /** Ehcache needs a heap tier above its disk tier; it is kept too small to matter. */
  static PersistentCacheManager ehcache(Path directory, long expectedEntries) {
    ResourcePoolsBuilder pools =
        ResourcePoolsBuilder.newResourcePoolsBuilder()
            .heap(EHCACHE_HEAP_ENTRIES, EntryUnit.ENTRIES)
            .disk(64 + 2 * dataBytes(expectedEntries) / (1 << 20), MemoryUnit.MB, true);
    return CacheManagerBuilder.newCacheManagerBuilder()
        .with(CacheManagerBuilder.persistence(directory.toFile()))
        .withCache(
            NAME,
            CacheConfigurationBuilder.newCacheConfigurationBuilder(
                String.class, byte[].class, pools))
        .build(true);
  }

  static org.ehcache.Cache<String, byte[]> ehcacheCache(CacheManager manager) {
    return manager.getCache(NAME, String.class, byte[].class);
  }

  static GlobalConfiguration infinispanGlobal(Path directory) {
    GlobalConfigurationBuilder global = new GlobalConfigurationBuilder().nonClusteredDefault();
    global.globalState().enable().persistentLocation(directory.toString());
    global.jmx().disable();
    global.metrics().accurateSize(false).gauges(false).histograms(false);
    return global.build();
  }

  /** Infinispan's soft-index file store, the memory above it kept too small to matter. */
  static Configuration infinispan() {
    ConfigurationBuilder builder = new ConfigurationBuilder();
    builder.encoding().mediaType(MediaType.APPLICATION_OCTET_STREAM_TYPE);
    builder.memory().maxCount(INFINISPAN_HEAP_ENTRIES);
    builder.persistence().passivation(false).addSoftIndexFileStore().purgeOnStartup(false);
    return builder.build();
  }

  private static long dataBytes(long entries) {
    return entries * (MEAN_KEY_BYTES + MEAN_VALUE_BYTES);
  }
}
