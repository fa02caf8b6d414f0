// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.codec;

import io.firn.cold.model.OversizedValueException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/** An {@link Output} for a library that writes to a stream. Closing it does nothing. */
final class OutputBytes extends OutputStream {
  private final Output out;
  private @Nullable OversizedValueException refusal;

  OutputBytes(Output out) {
    this.out = out;
  }

  @Override
  public void write(int value) {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int count) {
    try {
      out.writeBytes(source, offset, count);
    } catch (OversizedValueException e) {
      refusal = e;
      throw e;
    }
  }

  /**
   * Makes the exception that the caller of a codec sees out of what a library threw: what this
   * stream has thrown, from under whatever the library wrapped around it, or else an exception that
   * names the codec and the class of the value.
   */
  RuntimeException explain(Exception thrown, Codec<?> codec, Object value) {
    if (refusal != null) {
      return refusal;
    }
    return new IllegalArgumentException(
        codec + " cannot encode a " + value.getClass().getName() + ": " + thrown.getMessage(),
        thrown);
  }
}
