// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.model.UnsupportedHereException;
import java.io.File;
import java.io.IOException;
import java.io.ObjectInputFilter.Status;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** {@code Codec.json} beside each Jackson, both and none, in class loaders of their own. */
final class JsonPresenceTest {
  private static final String JACKSON_3 = "[\"a\"] tools.jackson.databind.exc";

  /** Runs inside the other class loader. Public so that it can be called from here. */
  public static final class Probe {
    private Probe() {}

    /** Returns the JSON of a value and what reads it. */
    public static String run() throws Exception {
      Codec<String[]> codec = Codec.json(String[].class);
      Output out = new Output("probe", 100);
      codec.encode(new String[] {"a"}, out);
      Input in = new Input();
      in.wrap(out.array(), 0, out.length());
      try {
        in.skip(1);
        return "read " + codec.decode(in).length;
      } catch (DecodeException e) {
        String text = new String(out.toByteArray(), StandardCharsets.UTF_8);
        return text + " " + Objects.requireNonNull(e.getCause()).getClass().getPackageName();
      }
    }

    /** Returns what a codec of the core makes of a value. */
    public static String runWithoutJson() {
      return Codec.utf8() + " " + Codec.java(String.class, info -> Status.UNDECIDED);
    }
  }

  @Test
  void withoutJacksonTheOthersWorkAndJsonSaysWhatItNeeds() throws Exception {
    try (URLClassLoader loader = loader(path -> !isJackson(path))) {
      assertThat(call(loader, "runWithoutJson"))
          .isEqualTo("Codec.utf8() Codec.java(java.lang.String)");
      assertThatThrownBy(() -> call(loader, "run"))
          .cause()
          .satisfies(
              e ->
                  assertThat(e.getClass().getName())
                      .isEqualTo(UnsupportedHereException.class.getName()))
          .hasMessageContaining("tools.jackson.core:jackson-databind")
          .hasMessageContaining("com.fasterxml.jackson.core:jackson-databind");
    }
  }

  @Test
  void withJackson2Alone() throws Exception {
    try (URLClassLoader loader = loader(path -> !isJackson3(path))) {
      assertThat(call(loader, "run")).isEqualTo("[\"a\"] com.fasterxml.jackson.databind.exc");
    }
  }

  @Test
  void withJackson3AloneAndWithBoth() throws Exception {
    try (URLClassLoader loader = loader(JsonPresenceTest::isNeededWithJackson3)) {
      assertThat(call(loader, "run")).isEqualTo(JACKSON_3);
    }
    try (URLClassLoader loader = loader(path -> true)) {
      assertThat(call(loader, "run")).isEqualTo(JACKSON_3);
    }
  }

  @Test
  void withABrokenJacksonItSaysSo() throws Exception {
    try (URLClassLoader loader = loader(path -> !path.contains("jackson-core"))) {
      assertThatThrownBy(() -> call(loader, "run"))
          .cause()
          .hasMessageContaining("too old or incomplete")
          .hasMessageContaining("tools.jackson.core:jackson-databind");
    }
  }

  private static boolean isJackson(String path) {
    return new File(path).getName().startsWith("jackson-");
  }

  private static boolean isJackson3(String path) {
    return isJackson(path) && path.replace(File.separatorChar, '/').contains("/tools/jackson/");
  }

  private static boolean isNeededWithJackson3(String path) {
    return !isJackson(path) || isJackson3(path) || path.contains("jackson-annotations");
  }

  private static @Nullable Object call(ClassLoader loader, String method)
      throws ReflectiveOperationException, InvocationTargetException {
    return Class.forName(Probe.class.getName(), true, loader).getMethod(method).invoke(null);
  }

  private static URLClassLoader loader(Predicate<String> paths) throws IOException {
    String classPath =
        Objects.requireNonNullElse(
            System.getProperty("surefire.test.class.path"), System.getProperty("java.class.path"));
    URL[] urls =
        Stream.of(classPath.split(File.pathSeparator, -1))
            .filter(paths)
            .map(JsonPresenceTest::url)
            .toArray(URL[]::new);
    return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
  }

  private static URL url(String path) {
    try {
      return Path.of(path).toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(path, e);
    }
  }
}
