// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Every feature that both versions of Jackson know by the same name has the same value in both. */
final class JsonSettingsTest {
  private static <F extends Enum<F>> void add(
      Map<String, Boolean> all, F[] features, Predicate<F> isEnabled) {
    Arrays.stream(features).forEach(f -> all.put(f.name(), isEnabled.test(f)));
  }

  private static Map<String, Boolean> jackson2() {
    var mapper = Jackson2Mapping.mapper();
    var reading = mapper.getDeserializationConfig();
    var types = reading.getDatatypeFeatures();
    var factory = mapper.getFactory();
    Map<String, Boolean> all = new TreeMap<>();
    add(all, com.fasterxml.jackson.databind.MapperFeature.values(), mapper::isEnabled);
    add(all, com.fasterxml.jackson.databind.SerializationFeature.values(), mapper::isEnabled);
    add(all, com.fasterxml.jackson.databind.DeserializationFeature.values(), mapper::isEnabled);
    add(all, com.fasterxml.jackson.databind.cfg.EnumFeature.values(), types::isEnabled);
    add(all, com.fasterxml.jackson.databind.cfg.JsonNodeFeature.values(), types::isEnabled);
    add(all, com.fasterxml.jackson.core.StreamReadFeature.values(), factory::isEnabled);
    add(all, com.fasterxml.jackson.core.StreamWriteFeature.values(), factory::isEnabled);
    add(all, com.fasterxml.jackson.core.JsonFactory.Feature.values(), factory::isEnabled);
    add(
        all,
        com.fasterxml.jackson.core.json.JsonReadFeature.values(),
        f -> factory.isEnabled(f.mappedFeature()));
    add(
        all,
        com.fasterxml.jackson.core.json.JsonWriteFeature.values(),
        f -> factory.isEnabled(f.mappedFeature()));
    return all;
  }

  private static Map<String, Boolean> jackson3() {
    var mapper = Jackson3Mapping.mapper();
    var types = mapper.deserializationConfig().getDatatypeFeatures();
    var factory = mapper.tokenStreamFactory();
    Map<String, Boolean> all = new TreeMap<>();
    add(all, tools.jackson.databind.MapperFeature.values(), mapper::isEnabled);
    add(all, tools.jackson.databind.SerializationFeature.values(), mapper::isEnabled);
    add(all, tools.jackson.databind.DeserializationFeature.values(), mapper::isEnabled);
    add(all, tools.jackson.databind.cfg.EnumFeature.values(), types::isEnabled);
    add(all, tools.jackson.databind.cfg.DateTimeFeature.values(), types::isEnabled);
    add(all, tools.jackson.databind.cfg.JsonNodeFeature.values(), types::isEnabled);
    add(all, tools.jackson.core.StreamReadFeature.values(), factory::isEnabled);
    add(all, tools.jackson.core.StreamWriteFeature.values(), factory::isEnabled);
    add(all, tools.jackson.core.TokenStreamFactory.Feature.values(), factory::isEnabled);
    add(all, tools.jackson.core.json.JsonReadFeature.values(), factory::isEnabled);
    add(all, tools.jackson.core.json.JsonWriteFeature.values(), factory::isEnabled);
    return all;
  }

  @Test
  void sharedFeaturesAgree() {
    Map<String, Boolean> two = jackson2();
    Map<String, Boolean> three = jackson3();
    two.keySet().retainAll(three.keySet());
    three.keySet().retainAll(two.keySet());
    assertThat(two).hasSizeGreaterThan(100).isEqualTo(three);
  }

  @Test
  void everySettingIsKnownToSomeVersion() {
    Map<String, Boolean> two = jackson2();
    Map<String, Boolean> three = jackson3();
    JsonSettings.features()
        .forEach(
            (name, value) -> {
              assertThat(two.containsKey(name) || three.containsKey(name)).as(name).isTrue();
              assertThat(two.getOrDefault(name, value)).as(name).isEqualTo(value);
              assertThat(three.getOrDefault(name, value)).as(name).isEqualTo(value);
            });
  }
}
