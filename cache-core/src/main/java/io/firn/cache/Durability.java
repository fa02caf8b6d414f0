// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static java.util.Objects.requireNonNull;

import io.firn.cold.FlushPolicy;
import java.time.Duration;

/**
 * When an acknowledged write survives. Immutable.
 *
 * <table>
 * <caption>What a write that returned survives</caption>
 * <tr><th></th><th>{@code kill -9}</th><th>power failure</th></tr>
 * <tr><td>{@link #none()}</td><td>usually</td><td>after a flush or a clean close</td></tr>
 * <tr><td>{@link #async(Duration)}</td><td>always</td><td>after the interval</td></tr>
 * <tr><td>{@link #sync()}</td><td>always</td><td>always</td></tr>
 * </table>
 */
public final class Durability {
  static final Duration MINIMUM_INTERVAL = Duration.ofMillis(1);
  static final Duration MAXIMUM_INTERVAL = Duration.ofHours(1);
  static final Durability DEFAULT = async(Duration.ofMillis(100));

  private static final Durability NONE = new Durability("none()", FlushPolicy.none(), false);
  private static final Durability SYNC = new Durability("sync()", FlushPolicy.sync(), true);

  private final String text;
  private final FlushPolicy policy;
  private final boolean sync;

  private Durability(String text, FlushPolicy policy, boolean sync) {
    this.text = text;
    this.policy = policy;
    this.sync = sync;
  }

  /** Returns the mode that forces only on {@code flush} and {@code close}. */
  public static Durability none() {
    return NONE;
  }

  /**
   * Returns the mode that forces in the background once per interval while there are writes. A
   * power failure loses at most the writes of the last interval and of one force. The default, with
   * 100 ms.
   *
   * @param interval 1 ms to 1 h
   * @throws IllegalArgumentException if {@code interval} is outside this range
   */
  public static Durability async(Duration interval) {
    requireNonNull(interval, "interval");
    Setting.requireRange("interval", interval, MINIMUM_INTERVAL, MAXIMUM_INTERVAL);
    return new Durability("async(" + interval + ")", FlushPolicy.async(interval), false);
  }

  /**
   * Returns the mode in which a write returns when it would survive a power failure. Writes of
   * several threads share a force.
   */
  public static Durability sync() {
    return SYNC;
  }

  FlushPolicy policy() {
    return policy;
  }

  boolean isSync() {
    return sync;
  }

  @Override
  public String toString() {
    return text;
  }
}
