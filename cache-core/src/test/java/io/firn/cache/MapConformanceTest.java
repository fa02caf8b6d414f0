// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.testing.ConcurrentMapTestSuiteBuilder;
import com.google.common.collect.testing.TestStringMapGenerator;
import com.google.common.collect.testing.features.CollectionFeature;
import com.google.common.collect.testing.features.CollectionSize;
import com.google.common.collect.testing.features.MapFeature;
import io.firn.cache.codec.Codec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import junit.framework.Test;
import junit.framework.TestCase;
import junit.framework.TestSuite;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The contract of a concurrent map, as Guava's test suite has it. */
final class MapConformanceTest {
  private static final int LEAST_TESTS = 927;

  @TempDir Path directory;
  private final List<Firn> stores = new ArrayList<>();

  @AfterEach
  void close() {
    stores.forEach(Firn::close);
  }

  @TestFactory
  List<DynamicTest> asMap_keepsTheContract_withALargeHotTier() {
    return suite(10_000, WritePolicy.WRITE_THROUGH);
  }

  @TestFactory
  List<DynamicTest> asMap_keepsTheContract_whereEachOperationCrossesTiers() {
    return suite(2, WritePolicy.WRITE_THROUGH);
  }

  @TestFactory
  List<DynamicTest> asMap_keepsTheContract_withoutAHotTier() {
    return suite(0, WritePolicy.WRITE_THROUGH);
  }

  @TestFactory
  List<DynamicTest> asMap_keepsTheContract_whereEntriesAreWrittenBack() {
    return suite(2, WritePolicy.WRITE_BACK);
  }

  private List<DynamicTest> suite(long hotEntries, WritePolicy policy) {
    Firn firn = Stores.open(directory.resolve(policy + "-" + hotEntries));
    stores.add(firn);
    TestSuite suite =
        ConcurrentMapTestSuiteBuilder.using(new Maps(firn, hotEntries, policy))
            .named("hot " + hotEntries)
            .withFeatures(
                CollectionSize.ANY,
                MapFeature.GENERAL_PURPOSE,
                MapFeature.ALLOWS_NULL_ENTRY_QUERIES,
                CollectionFeature.SUPPORTS_ITERATOR_REMOVE)
            .createTestSuite();
    List<DynamicTest> tests = new ArrayList<>();
    collect(suite, tests);
    assertThat(tests).hasSizeGreaterThanOrEqualTo(LEAST_TESTS);
    return tests;
  }

  private static void collect(TestSuite suite, List<DynamicTest> tests) {
    for (Test test : Collections.list(suite.tests())) {
      if (test instanceof TestSuite inner) {
        collect(inner, tests);
      } else {
        TestCase single = (TestCase) test;
        tests.add(
            DynamicTest.dynamicTest(suite.getName() + "." + single.getName(), single::runBare));
      }
    }
  }

  /** Makes maps of a few caches, which are emptied when their turn comes again. */
  private static final class Maps extends TestStringMapGenerator {
    private static final int CACHES = 8;

    private final List<TieredCache<String, String>> caches = new ArrayList<>();
    private int made;

    Maps(Firn firn, long hotEntries, WritePolicy policy) {
      for (int i = 0; i < CACHES; i++) {
        caches.add(
            firn.cache("map-" + i, Codec.utf8(), Codec.utf8())
                .maximumHotEntries(hotEntries)
                .writePolicy(policy)
                .open());
      }
    }

    @Override
    protected Map<String, String> create(Map.Entry<String, String>[] entries) {
      TieredCache<String, String> cache = caches.get(made++ % CACHES);
      cache.invalidateAll();
      for (Map.Entry<String, String> entry : entries) {
        cache.put(entry.getKey(), entry.getValue());
      }
      return cache.asMap();
    }
  }
}
