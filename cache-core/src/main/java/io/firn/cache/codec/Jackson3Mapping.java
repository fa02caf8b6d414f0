// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import com.fasterxml.jackson.annotation.JsonFormat;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.time.Month;
import java.time.Year;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.StreamWriteConstraints;
import tools.jackson.core.StreamWriteFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonFactoryBuilder;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DatabindContext;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.KeyDeserializer;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationContext;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.ValueSerializer;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.cfg.MapperBuilder;
import tools.jackson.databind.introspect.DefaultAccessorNamingStrategy;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.PolymorphicTypeValidator;
import tools.jackson.databind.module.SimpleModule;

/** One type as JSON, by Jackson 3. The text is the same as that of {@link Jackson2Mapping}. */
final class Jackson3Mapping<T> implements JsonMapping<T> {
  private final ObjectReader reader;
  private final ObjectWriter writer;

  Jackson3Mapping(Type type) {
    ObjectMapper mapper = mapper();
    JavaType javaType = mapper.constructType(type);
    reader = mapper.readerFor(javaType);
    writer = mapper.writerFor(javaType);
  }

  @Override
  public void write(T value, OutputStream out) {
    writer.writeValue(out, value);
  }

  @Override
  public @Nullable T read(String text) {
    return reader.readValue(text);
  }

  static JsonMapper mapper() {
    JsonMapper.Builder builder = JsonMapper.builder(factory());
    builder.addModules(MapperBuilder.findModules(Jackson3Mapping.class.getClassLoader()));
    builder.addModule(module());
    builder.polymorphicTypeValidator(new NoClassNames());
    JsonSettings.apply(MapperFeature.values(), builder::configure);
    JsonSettings.apply(SerializationFeature.values(), builder::configure);
    JsonSettings.apply(DeserializationFeature.values(), builder::configure);
    JsonSettings.apply(EnumFeature.values(), builder::configure);
    JsonSettings.apply(DateTimeFeature.values(), builder::configure);
    JsonSettings.apply(JsonNodeFeature.values(), builder::configure);
    // What is left of the differences has no feature.
    builder.accessorNaming(
        new DefaultAccessorNamingStrategy.Provider().withFirstCharAcceptance(true, true));
    builder.withConfigOverride(
        Year.class, year -> year.setFormat(JsonFormat.Value.forShape(JsonFormat.Shape.STRING)));
    return builder.build();
  }

  private static JsonFactory factory() {
    JsonFactoryBuilder builder = new JsonFactoryBuilder();
    JsonSettings.apply(TokenStreamFactory.Feature.values(), builder::configure);
    JsonSettings.apply(StreamReadFeature.values(), builder::configure);
    JsonSettings.apply(StreamWriteFeature.values(), builder::configure);
    JsonSettings.apply(JsonWriteFeature.values(), builder::configure);
    // Strings and names are no longer than the text that holds them, and that is in memory already.
    builder.streamReadConstraints(
        StreamReadConstraints.builder()
            .maxNestingDepth(JsonSettings.MAXIMUM_DEPTH)
            .maxNumberLength(JsonSettings.MAXIMUM_NUMBER_CHARS)
            .maxStringLength(Integer.MAX_VALUE)
            .maxNameLength(Integer.MAX_VALUE)
            .build());
    builder.streamWriteConstraints(
        StreamWriteConstraints.builder().maxNestingDepth(JsonSettings.MAXIMUM_DEPTH).build());
    return builder.build();
  }

  private static SimpleModule module() {
    SimpleModule module = new SimpleModule("firn");
    // The versions write them differently, and 2 reads the scripts of 3 as countries.
    module.addSerializer(Locale.class, new LocaleSerializer());
    module.addDeserializer(Locale.class, new LocaleDeserializer());
    module.addKeySerializer(Locale.class, new LocaleKeySerializer());
    module.addKeyDeserializer(Locale.class, new LocaleKeyDeserializer());
    module.addSerializer(Month.class, new MonthSerializer());
    // Without these Jackson loads and initialises whatever class a text names.
    refuse(module, Class.class);
    refuse(module, JavaType.class);
    return module;
  }

  private static <C> void refuse(SimpleModule module, Class<C> type) {
    module.addSerializer(type, new NoSerializer());
    module.addDeserializer(type, new NoDeserializer<>());
    module.addKeySerializer(type, new NoSerializer());
    module.addKeyDeserializer(type, new NoKeyDeserializer());
  }

  private static final class LocaleSerializer extends ValueSerializer<Locale> {
    @Override
    public void serialize(Locale value, JsonGenerator generator, SerializationContext context) {
      generator.writeString(value.toLanguageTag());
    }
  }

  private static final class MonthSerializer extends ValueSerializer<Month> {
    @Override
    public void serialize(Month value, JsonGenerator generator, SerializationContext context) {
      generator.writeString(value.name());
    }
  }

  private static final class LocaleDeserializer extends ValueDeserializer<Locale> {
    @Override
    public Locale deserialize(JsonParser parser, DeserializationContext context) {
      if (!parser.hasToken(JsonToken.VALUE_STRING)) {
        return context.reportInputMismatch(this, "expected the tag of a locale");
      }
      return Locale.forLanguageTag(parser.getString());
    }
  }

  private static final class LocaleKeySerializer extends ValueSerializer<Locale> {
    @Override
    public void serialize(Locale value, JsonGenerator generator, SerializationContext context) {
      generator.writeName(value.toLanguageTag());
    }
  }

  private static final class LocaleKeyDeserializer extends KeyDeserializer {
    @Override
    public Object deserializeKey(String key, DeserializationContext context) {
      return Locale.forLanguageTag(key);
    }
  }

  private static final class NoSerializer extends ValueSerializer<Object> {
    @Override
    public void serialize(Object value, JsonGenerator generator, SerializationContext context) {
      context.reportBadDefinition(value.getClass(), JsonCodec.NO_CLASSES);
    }
  }

  private static final class NoDeserializer<C> extends ValueDeserializer<C> {
    @Override
    public C deserialize(JsonParser parser, DeserializationContext context) {
      return context.reportInputMismatch(this, JsonCodec.NO_CLASSES);
    }
  }

  private static final class NoKeyDeserializer extends KeyDeserializer {
    @Override
    public Object deserializeKey(String key, DeserializationContext context) {
      return context.reportInputMismatch(Object.class, JsonCodec.NO_CLASSES);
    }
  }

  /** Subtypes are told by names that the classes list, never by the name of a class. */
  private static final class NoClassNames extends PolymorphicTypeValidator {
    private static final long serialVersionUID = 1L;

    @Override
    public Validity validateBaseType(DatabindContext context, JavaType base) {
      return Validity.DENIED;
    }

    @Override
    public Validity validateSubClassName(DatabindContext context, JavaType base, String name) {
      return Validity.DENIED;
    }

    @Override
    public Validity validateSubType(DatabindContext context, JavaType base, JavaType type) {
      return Validity.DENIED;
    }
  }
}
