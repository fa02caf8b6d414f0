// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.lang.reflect.WildcardType;
import java.util.Arrays;

/**
 * Names a type that a {@link Class} cannot name, like a list of books:
 *
 * <pre>{@code
 * Codec<List<Book>> books = Codec.json(new GenericType<List<Book>>() {});
 * }</pre>
 *
 * <p>The braces matter: the type is read from the subclass that they make. Immutable.
 *
 * @param <T> the type to name
 */
public abstract class GenericType<T> {
  private final Type type;

  /**
   * Reads the type from the subclass.
   *
   * @throws IllegalArgumentException if the subclass does not say it, or says it with a type
   *     variable
   */
  protected GenericType() {
    if (!(getClass().getGenericSuperclass() instanceof ParameterizedType parent)
        || parent.getRawType() != GenericType.class) {
      throw new IllegalArgumentException(
          getClass() + " must extend GenericType<...> directly and name a type between < and >");
    }
    type = parent.getActualTypeArguments()[0];
    if (holdsVariable(type)) {
      throw new IllegalArgumentException(
          type + " holds a type variable, must name every type; erased ones cannot be decoded");
    }
  }

  /** Returns the type that this object names. */
  public final Type type() {
    return type;
  }

  @Override
  public final String toString() {
    return type.getTypeName();
  }

  private static boolean holdsVariable(Type type) {
    if (type instanceof ParameterizedType parameterized) {
      return holdVariable(parameterized.getActualTypeArguments());
    }
    if (type instanceof WildcardType wildcard) {
      return holdVariable(wildcard.getUpperBounds()) || holdVariable(wildcard.getLowerBounds());
    }
    if (type instanceof GenericArrayType array) {
      return holdsVariable(array.getGenericComponentType());
    }
    return type instanceof TypeVariable;
  }

  private static boolean holdVariable(Type[] types) {
    return Arrays.stream(types).anyMatch(GenericType::holdsVariable);
  }
}
