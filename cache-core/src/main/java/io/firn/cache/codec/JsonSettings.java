// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/*
 * What Jackson 2 and 3 are both told, so that each reads what the other wrote. Their features are known by name: some moved
 * to another enum with version 3, and an older release of either lacks some that are named here. A name that neither knows
 * does nothing; a test compares what the two make of every name that both have.
 */
/** The common choice where the defaults of Jackson 2 and 3 differ, and the bounds of both. */
final class JsonSettings {
  /** The deepest nesting that is written or read; far below what the stack of a thread holds. */
  static final int MAXIMUM_DEPTH = 500;

  /** The most characters of a number; the time for reading one grows faster than its length. */
  static final int MAXIMUM_NUMBER_CHARS = 10_000;

  private static final Map<String, Boolean> FEATURES = features();

  private JsonSettings() {}

  /** Calls {@code configure} for those of {@code features} that have a common choice. */
  static <F extends Enum<F>> void apply(F[] features, BiConsumer<F, Boolean> configure) {
    for (F feature : features) {
      Boolean enabled = FEATURES.get(feature.name());
      if (enabled != null) {
        configure.accept(feature, enabled);
      }
    }
  }

  static Map<String, Boolean> features() {
    Map<String, Boolean> features = new HashMap<>();
    order(features);
    properties(features);
    values(features);
    strictness(features);
    return Collections.unmodifiableMap(features);
  }

  /** Equal values get equal bytes, as far as their own iteration order allows. */
  private static void order(Map<String, Boolean> features) {
    features.put("SORT_PROPERTIES_ALPHABETICALLY", true);
    features.put("SORT_CREATOR_PROPERTIES_FIRST", false);
    features.put("ORDER_MAP_ENTRIES_BY_KEYS", true);
    features.put("FAIL_ON_ORDER_MAP_BY_INCOMPARABLE_KEY", false);
    features.put("COMBINE_UNICODE_SURROGATES_IN_UTF8", true);
  }

  /** Both find the same properties in a class, and a class may gain and lose some. */
  private static void properties(Map<String, Boolean> features) {
    features.put("FAIL_ON_UNKNOWN_PROPERTIES", false);
    features.put("FAIL_ON_NULL_FOR_PRIMITIVES", false);
    features.put("USE_GETTERS_AS_SETTERS", true);
    features.put("ALLOW_FINAL_FIELDS_AS_MUTATORS", false);
    features.put("ALLOW_VOID_VALUED_PROPERTIES", false);
    features.put("DEFAULT_VIEW_INCLUSION", false);
    features.put("USE_STD_BEAN_NAMING", true);
    features.put("FIX_FIELD_NAME_UPPER_CASE_PREFIX", false);
    features.put("INFER_RECORD_GETTERS_FROM_COMPONENTS_ONLY", false);
  }

  /** What is read equals what was written: times as text with their offset and zone, for one. */
  private static void values(Map<String, Boolean> features) {
    features.put("WRITE_DATES_AS_TIMESTAMPS", false);
    features.put("WRITE_DURATIONS_AS_TIMESTAMPS", false);
    features.put("WRITE_DATE_KEYS_AS_TIMESTAMPS", false);
    features.put("WRITE_DATES_WITH_ZONE_ID", true);
    features.put("ADJUST_DATES_TO_CONTEXT_TIME_ZONE", false);
    features.put("WRITE_UTC_AS_OFFSET", true);
    features.put("ONE_BASED_MONTHS", false);
    features.put("READ_ENUMS_USING_TO_STRING", false);
    features.put("WRITE_ENUMS_USING_TO_STRING", false);
    features.put("STRIP_TRAILING_BIGDECIMAL_ZEROES", false);
    features.put("USE_FAST_DOUBLE_PARSER", true);
    features.put("USE_FAST_BIG_NUMBER_PARSER", true);
  }

  private static void strictness(Map<String, Boolean> features) {
    features.put("FAIL_ON_TRAILING_TOKENS", true);
    features.put("FAIL_ON_NUMBERS_FOR_ENUMS", true);
    // A class without properties would be stored as {} and lose what it holds.
    features.put("FAIL_ON_EMPTY_BEANS", true);
    // As a BigInteger 1E99999 takes forty thousand bytes.
    features.put("ACCEPT_FLOAT_AS_INT", false);
    // Names in the bytes, map keys among them, would be kept for ever in a table of the parser.
    features.put("CANONICALIZE_FIELD_NAMES", false);
    features.put("CANONICALIZE_PROPERTY_NAMES", false);
  }
}
