// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import io.firn.cache.codec.Codec;
import io.firn.cache.codec.Input;
import io.firn.cache.codec.Output;

/** UTF-8 strings; something can happen before one is encoded. */
final class HookedCodec implements Codec<String> {
  private Runnable hook = () -> {};

  void beforeNextEncode(Runnable next) {
    hook = next;
  }

  @Override
  public void encode(String value, Output out) {
    Runnable once = hook;
    hook = () -> {};
    once.run();
    Codec.utf8().encode(value, out);
  }

  @Override
  public String decode(Input in) {
    return Codec.utf8().decode(in);
  }
}
