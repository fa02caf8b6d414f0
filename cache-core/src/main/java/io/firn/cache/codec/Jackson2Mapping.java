// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.KeyDeserializer;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.cfg.EnumFeature;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.cfg.MapperConfig;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.PolymorphicTypeValidator;
import com.fasterxml.jackson.databind.module.SimpleModule;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Type;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** One type as JSON, by Jackson 2. The text is the same as that of {@link Jackson3Mapping}. */
final class Jackson2Mapping<T> implements JsonMapping<T> {
  private final ObjectReader reader;
  private final ObjectWriter writer;

  Jackson2Mapping(Type type) {
    ObjectMapper mapper = mapper();
    JavaType javaType = mapper.constructType(type);
    reader = mapper.readerFor(javaType);
    writer = mapper.writerFor(javaType);
  }

  @Override
  public void write(T value, OutputStream out) throws IOException {
    writer.writeValue(out, value);
  }

  @Override
  public @Nullable T read(String text) throws IOException {
    return reader.readValue(text);
  }

  static JsonMapper mapper() {
    JsonMapper.Builder builder = JsonMapper.builder(factory());
    builder.addModules(JsonMapper.findModules(Jackson2Mapping.class.getClassLoader()));
    builder.addModule(module());
    builder.polymorphicTypeValidator(new NoClassNames());
    JsonSettings.apply(MapperFeature.values(), builder::configure);
    JsonSettings.apply(SerializationFeature.values(), builder::configure);
    JsonSettings.apply(DeserializationFeature.values(), builder::configure);
    JsonSettings.apply(EnumFeature.values(), builder::configure);
    JsonSettings.apply(JsonNodeFeature.values(), builder::configure);
    return builder.build();
  }

  private static JsonFactory factory() {
    JsonFactoryBuilder builder = new JsonFactoryBuilder();
    JsonSettings.apply(JsonFactory.Feature.values(), builder::configure);
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

  private static final class LocaleSerializer extends JsonSerializer<Locale> {
    @Override
    public void serialize(Locale value, JsonGenerator generator, SerializerProvider provider)
        throws IOException {
      generator.writeString(value.toLanguageTag());
    }
  }

  private static final class LocaleDeserializer extends JsonDeserializer<Locale> {
    @Override
    public Locale deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      if (!parser.hasToken(JsonToken.VALUE_STRING)) {
        return context.reportInputMismatch(this, "expected the tag of a locale");
      }
      return Locale.forLanguageTag(parser.getText());
    }
  }

  private static final class LocaleKeySerializer extends JsonSerializer<Locale> {
    @Override
    public void serialize(Locale value, JsonGenerator generator, SerializerProvider provider)
        throws IOException {
      generator.writeFieldName(value.toLanguageTag());
    }
  }

  private static final class LocaleKeyDeserializer extends KeyDeserializer {
    @Override
    public Object deserializeKey(String key, DeserializationContext context) {
      return Locale.forLanguageTag(key);
    }
  }

  private static final class NoSerializer extends JsonSerializer<Object> {
    @Override
    public void serialize(Object value, JsonGenerator generator, SerializerProvider provider)
        throws IOException {
      provider.reportBadDefinition(value.getClass(), JsonCodec.NO_CLASSES);
    }
  }

  private static final class NoDeserializer<C> extends JsonDeserializer<C> {
    @Override
    public C deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      return context.reportInputMismatch(this, JsonCodec.NO_CLASSES);
    }
  }

  private static final class NoKeyDeserializer extends KeyDeserializer {
    @Override
    public Object deserializeKey(String key, DeserializationContext context) throws IOException {
      return context.reportInputMismatch(Object.class, JsonCodec.NO_CLASSES);
    }
  }

  /** Subtypes are told by names that the classes list, never by the name of a class. */
  private static final class NoClassNames extends PolymorphicTypeValidator {
    private static final long serialVersionUID = 1L;

    @Override
    public Validity validateBaseType(MapperConfig<?> config, JavaType base) {
      return Validity.DENIED;
    }

    @Override
    public Validity validateSubClassName(MapperConfig<?> config, JavaType base, String name) {
      return Validity.DENIED;
    }

    @Override
    public Validity validateSubType(MapperConfig<?> config, JavaType base, JavaType type) {
      return Validity.DENIED;
    }
  }
}
