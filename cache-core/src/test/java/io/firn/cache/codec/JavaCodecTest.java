// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import static io.firn.cache.codec.JsonSamples.decode;
import static io.firn.cache.codec.JsonSamples.encode;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.model.OversizedValueException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputFilter.Status;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Java serialization: what the list allows comes back, and nothing else can happen. */
final class JavaCodecTest {
  private static final ObjectInputFilter LIST =
      ObjectInputFilter.Config.createFilter(
          JavaCodecTest.class.getName()
              + "$Page;java.util.*;java.util.concurrent.**;java.time.*;"
              + "java.lang.*;java.math.*");
  private static final int ROUNDS = 2_000;
  private static final long PER_BYTE = 40;
  private static final long FIXED_BYTES = 256 << 10;
  private static final AtomicInteger GADGETS = new AtomicInteger();

  private record Page(String path, Object body, List<String> tags, @Nullable Page parent)
      implements Serializable {}

  /** Does harm when it is read. */
  private static final class Gadget implements Serializable {
    private static final long serialVersionUID = 1L;

    private void readObject(ObjectInputStream in) {
      GADGETS.incrementAndGet();
    }
  }

  private static final Codec<Object> ANY = Codec.java(Object.class, LIST);

  @Test
  void valuesComeBack() {
    Page parent = new Page("/", new byte[10_000], List.of(), null);
    Page page = new Page("/a", new byte[] {1, 2}, new ArrayList<>(List.of("x", "y")), parent);
    Codec<Page> codec = Codec.java(Page.class, LIST);
    Page back = decode(codec, encode(codec, page));
    assertThat(back).usingRecursiveComparison().isEqualTo(page);
    assertThat(codec.equalsMatchesBytes()).isFalse();
    for (Object value : honest()) {
      Object found = decode(ANY, encode(ANY, value));
      assertThat(found).isInstanceOf(value.getClass());
      // A queue is equal to itself alone.
      assertThat(value instanceof PriorityQueue ? found.toString() : found)
          .isEqualTo(value instanceof PriorityQueue ? value.toString() : value);
    }
  }

  /** Collections announce tables larger than their entries; none may be mistaken for a bomb. */
  private static List<Object> honest() {
    List<Object> values = new ArrayList<>();
    for (int size : new int[] {0, 1, 2, 3, 12, 13, 100, 1000}) {
      Map<Integer, @Nullable String> map = new HashMap<>();
      for (int i = 0; i < size; i++) {
        map.put(i, null);
      }
      Collection<Integer> keys = map.keySet();
      values.addAll(
          List.of(
              map,
              new LinkedHashMap<>(map),
              new TreeMap<>(map),
              new HashSet<>(keys),
              new ArrayList<>(keys),
              new PriorityQueue<>(keys),
              List.copyOf(keys),
              new ArrayList<>(new ArrayDeque<>(keys)),
              keys.toArray(),
              new long[size],
              new String[size][1]));
    }
    List<Object> small = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      small.add(new HashMap<>(Map.of(i, i)));
      small.add(new HashSet<>(List.of(i)));
    }
    values.add(small);
    values.add(new ConcurrentHashMap<>(Map.of("a", 1)));
    values.add(new EnumMap<>(Map.of(TimeUnit.DAYS, 1)));
    values.add(BigInteger.TEN.pow(1000));
    values.add(Instant.EPOCH);
    values.add("x".repeat(100_000));
    return values;
  }

  @Test
  @SuppressWarnings("NullAway") // what callers without a checker may do
  void aFilterIsRequired() {
    assertThatThrownBy(() -> Codec.java(Page.class, null))
        .isInstanceOf(NullPointerException.class)
        .hasMessage("allowList");
  }

  @Test
  void aClassThatIsNotOnTheListIsNeitherReadNorWritten() throws IOException {
    byte[] gadget = serialize(new ArrayList<>(List.of(new Gadget())));
    ObjectInputFilter undecided = info -> Status.UNDECIDED;
    ObjectInputFilter broken =
        info -> {
          throw new IllegalStateException("broken");
        };
    for (ObjectInputFilter filter : List.of(LIST, undecided, broken)) {
      assertThatThrownBy(() -> decode(Codec.java(Object.class, filter), gadget))
          .isInstanceOf(DecodeException.class)
          .hasMessageContaining("filter status: REJECTED");
    }
    assertThat(GADGETS).hasValue(0);
    assertThatThrownBy(() -> encode(ANY, new Gadget()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is not on the allow list");
    assertThatThrownBy(() -> encode(ANY, new Object()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(
            "Codec.java(java.lang.Object) cannot encode a java.lang.Object: java.lang.Object");
    byte[] proxy =
        serialize(
            Proxy.newProxyInstance(
                JavaCodecTest.class.getClassLoader(),
                new Class<?>[] {Runnable.class},
                (InvocationHandler & Serializable) (self, method, arguments) -> null));
    refused(Codec.java(Object.class, LIST), proxy);
  }

  @Test
  void theListSeesEveryClassAndOnlyArraysOfPrimitivesPassUnasked() {
    List<String> asked = new ArrayList<>();
    ObjectInputFilter listening =
        info -> {
          Class<?> type = info.serialClass();
          if (type != null) {
            asked.add(type.getSimpleName());
          }
          return type == Page.class ? Status.ALLOWED : Status.UNDECIDED;
        };
    Codec<Page> codec = Codec.java(Page.class, listening);
    byte[] plain =
        encode(Codec.java(Page.class, LIST), new Page("/", new byte[3], List.of(), null));
    refused(codec, plain);
    assertThat(asked).contains("Page", "byte[]", "CollSer");
  }

  @Test
  void anotherTypeIsATypedError() throws IOException {
    Codec<Page> codec = Codec.java(Page.class, LIST);
    for (byte[] other : List.of(serialize("text"), serialize(null), new byte[0])) {
      refused(codec, other);
    }
    byte[] text = serialize("text");
    refused(ANY, Arrays.copyOf(text, text.length + 1));
    byte[] fatal = {(byte) 0xAC, (byte) 0xED, 0, 5, 0x7B, 0x70};
    refused(ANY, fatal);
  }

  @Test
  void equalValuesMayHaveDifferentBytes() {
    String once = "a".repeat(2);
    String again = "a".repeat(2);
    assertThat(List.of(once, once)).isEqualTo(List.of(once, again));
    assertThat(encode(ANY, List.of(once, once))).isNotEqualTo(encode(ANY, List.of(once, again)));
  }

  @Test
  void anOversizedValueIsSaidToBeOne() {
    assertThatThrownBy(() -> ANY.encode(new byte[5000], new Output("value", 1000)))
        .isInstanceOf(OversizedValueException.class)
        .hasMessageContaining("the maximum is 1000");
  }

  @Test
  void nestingIsBounded() throws IOException {
    List<Object> list = new ArrayList<>();
    for (int i = 0; i < SerialLimits.MAXIMUM_DEPTH + 10; i++) {
      list = new ArrayList<>(List.of(list));
    }
    refused(ANY, serialize(list));
  }

  @Test
  void claimedLengthsAllocateNothing() throws IOException {
    int huge = 0x7FFF_FFF0;
    claim(new long[] {1, 2, 3, 0x7777}, 4, huge);
    claim(new byte[0x1234], 0x1234, huge);
    claim(new Object[] {"a", null, null, null, null}, 5, huge);
    claim(new ArrayList<>(Arrays.asList(1, 2, 3, 4, 5, 6, 7)), 7, huge);
    claim(new HashMap<>(Map.of(1, 1, 2, 2, 3, 3, 4, 4, 5, 5)), 5, 1 << 30);
    claim(new HashSet<>(List.of(1, 2, 3, 4, 5)), 5, 1 << 30);
    claim(List.of(1, 2, 3, 4, 5, 6), 6, huge);
  }

  /** Replaces a count in the stream of {@code value} by one far beyond its bytes. */
  private static void claim(Object value, int honest, int claimed) throws IOException {
    byte[] bytes = serialize(value);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int found = 0;
    for (int at = 0; at <= bytes.length - Integer.BYTES; at++) {
      if (buffer.getInt(at) == honest) {
        buffer.putInt(at, claimed);
        found++;
      }
    }
    assertThat(found).isPositive();
    refused(ANY, bytes);
    bounded(bytes);
  }

  @Test
  void arraysInArraysThatClaimAllThatIsLeftAreBounded() throws IOException {
    int width = 50_000;
    Object[] outermost = new Object[width];
    Object[] array = outermost;
    for (int i = 0; i < 300; i++) {
      Object[] inner = new Object[7];
      array[0] = inner;
      array = inner;
    }
    byte[] bytes = serialize(outermost);
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    for (int at = 0; at <= bytes.length - Integer.BYTES; at++) {
      if (buffer.getInt(at) == 7) {
        buffer.putInt(at, width);
      }
    }
    refused(ANY, bytes);
    bounded(bytes);
  }

  @Test
  void damageIsAValueOfTheTypeOrATypedError() {
    Page page =
        new Page(
            "/a",
            new byte[20],
            new ArrayList<>(List.of("x", "y")),
            new Page("/", new byte[3], List.of("z"), null));
    Codec<Page> codec = Codec.java(Page.class, LIST);
    Map<String, Object> map = new HashMap<>(Map.of("a", new ArrayList<>(List.of(1L, 2L))));
    map.put("b", new HashSet<>(List.of(Instant.EPOCH, BigInteger.TEN)));
    map.put("c", new ConcurrentHashMap<>(Map.of(TimeUnit.DAYS, new int[3][2])));
    Random random = new Random(4711);
    hostile(codec, Page.class, encode(codec, page), random);
    hostile(ANY, Object.class, encode(ANY, map), random);
  }

  private static void hostile(Codec<?> codec, Class<?> type, byte[] valid, Random random) {
    assertThat(HostileBytes.truncate(codec, type, valid)).isZero();
    HostileBytes.flip(codec, type, valid, random, ROUNDS);
    HostileBytes.noise(codec, type, valid, random, ROUNDS);
    byte[] bytes = valid.clone();
    for (int i = 0; i < ROUNDS; i++) {
      int at = random.nextInt(valid.length);
      bytes[at] = (byte) random.nextInt();
      bounded(codec, type, bytes);
      bytes[at] = valid[at];
    }
  }

  private static void bounded(byte[] bytes) {
    bounded(ANY, Object.class, bytes);
  }

  private static void bounded(Codec<?> codec, Class<?> type, byte[] bytes) {
    assertThat(HostileBytes.allocated(codec, type, bytes))
        .isLessThan(PER_BYTE * bytes.length + FIXED_BYTES);
  }

  private static void refused(Codec<?> codec, byte[] bytes) {
    assertThatThrownBy(() -> decode(codec, bytes)).isInstanceOf(DecodeException.class);
  }

  private static byte[] serialize(@Nullable Object value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    }
    return bytes.toByteArray();
  }
}
