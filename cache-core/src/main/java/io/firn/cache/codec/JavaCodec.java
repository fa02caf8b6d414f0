// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import static java.util.Objects.requireNonNull;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** Values by Java serialization, of classes that an allow list names. */
final class JavaCodec<T> implements Codec<T> {
  private final Class<T> type;
  private final ObjectInputFilter allowList;

  JavaCodec(Class<T> type, ObjectInputFilter allowList) {
    this.type = requireNonNull(type, "type");
    this.allowList = requireNonNull(allowList, "allowList");
  }

  @Override
  public void encode(T value, Output out) {
    requireNonNull(value, "value");
    OutputBytes stream = new OutputBytes(out);
    try (Writer writer = new Writer(stream)) {
      writer.writeObject(value);
      writer.requireReadable();
    } catch (IOException | RuntimeException e) {
      throw stream.explain(e, this, value);
    }
  }

  @Override
  public T decode(Input in) {
    byte[] bytes = in.readBytes(in.remaining());
    ByteArrayInputStream source = new ByteArrayInputStream(bytes);
    Object value;
    try (Reader reader = new Reader(source)) {
      reader.setObjectInputFilter(new SerialLimits(allowList, bytes.length));
      value = reader.readObject();
    } catch (IOException
        | ClassNotFoundException
        | RuntimeException
        | LinkageError
        | InternalError
        | StackOverflowError e) {
      // A class that is there but cannot be linked, and what the JDK says to damaged collections.
      throw refused(bytes.length, e.toString(), e);
    }
    if (!type.isInstance(value)) {
      String found = value == null ? "null" : value.getClass().getName();
      throw refused(bytes.length, "found " + found, null);
    }
    if (source.available() != 0) {
      throw refused(bytes.length, source.available() + " are left", null);
    }
    return type.cast(value);
  }

  @Override
  public String format() {
    return "java";
  }

  @Override
  public String toString() {
    return "Codec.java(" + type.getTypeName() + ")";
  }

  private DecodeException refused(int length, String why, @Nullable Throwable cause) {
    return new DecodeException(this + " cannot decode " + length + " bytes: " + why, cause);
  }

  /** Looks classes up where the type of the values comes from, not where Firn does. */
  private final class Reader extends ObjectInputStream {
    Reader(ByteArrayInputStream source) throws IOException {
      super(source);
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass description)
        throws IOException, ClassNotFoundException {
      try {
        return Class.forName(description.getName(), false, type.getClassLoader());
      } catch (ClassNotFoundException e) {
        return super.resolveClass(description);
      }
    }
  }

  /** Notices what the reader would refuse, before it is stored. */
  private final class Writer extends ObjectOutputStream {
    private @Nullable Class<?> unreadable;

    Writer(OutputStream target) throws IOException {
      super(target);
    }

    // Throwing here would hide other errors, for the stream tries to write those into itself.
    @Override
    protected void annotateClass(Class<?> written) {
      if (unreadable == null && !SerialLimits.allows(allowList, written)) {
        unreadable = written;
      }
    }

    void requireReadable() {
      if (unreadable != null) {
        throw new IllegalArgumentException(unreadable + " is not on the allow list");
      }
    }
  }
}
