// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.zip.CRC32C;
import java.util.zip.Checksum;

/**
 * CRC32C (Castagnoli) over bytes on the heap. Uses the JDK's implementation, which the JVM replaces
 * by processor instructions where there are some; the system property {@value #PROPERTY} with the
 * value {@code software} forces a table-driven one that gives the same results. Decided once, when
 * this class is initialised.
 *
 * <p>An instance accumulates; it is not thread-safe and may be used again after {@link #reset}.
 */
public final class Crc32c {
  /** The system property that forces the software implementation. */
  public static final String PROPERTY = "firn.crc32c";

  private static final Set<String> PROCESSORS_WITH_INSTRUCTIONS =
      Set.of("amd64", "x86_64", "aarch64", "ppc64", "ppc64le", "s390x");
  private static final boolean SOFTWARE = isSoftware(System.getProperty(PROPERTY, "auto"));
  private static final boolean HARDWARE =
      !SOFTWARE
          && hasInstructions(
              System.getProperty("os.arch", ""), System.getProperty("java.vm.info", ""));

  private final Checksum checksum = newChecksum();
  private final byte[] scratch = new byte[Long.BYTES];

  /** Creates an accumulator with nothing in it. */
  public Crc32c() {}

  /**
   * Returns the CRC of a range.
   *
   * @throws IndexOutOfBoundsException if the range is not within the array
   */
  public static int of(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    Checksum checksum = newChecksum();
    checksum.update(bytes, offset, length);
    return (int) checksum.getValue();
  }

  /** Tells whether the processor's instructions are in use. */
  public static boolean isHardware() {
    return HARDWARE;
  }

  static boolean isSoftware(String property) {
    return switch (property) {
      case "auto" -> false;
      case "software" -> true;
      default ->
          throw new IllegalArgumentException(
              PROPERTY + " is \"" + property + "\", not auto or software");
    };
  }

  static boolean hasInstructions(String architecture, String vmInfo) {
    return PROCESSORS_WITH_INSTRUCTIONS.contains(architecture.toLowerCase(Locale.ROOT))
        && !vmInfo.contains("interpreted mode");
  }

  private static Checksum newChecksum() {
    return SOFTWARE ? new SoftwareCrc32c() : new CRC32C();
  }

  /** Forgets everything accumulated. */
  public void reset() {
    checksum.reset();
  }

  /**
   * Adds a range.
   *
   * @throws IndexOutOfBoundsException if the range is not within the array
   */
  public void update(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    checksum.update(bytes, offset, length);
  }

  /** Adds the eight bytes of a long, lowest first. */
  public void updateLong(long value) {
    for (int i = 0; i < Long.BYTES; i++) {
      scratch[i] = (byte) (value >>> (8 * i));
    }
    checksum.update(scratch, 0, Long.BYTES);
  }

  /** Adds the four bytes of an int, lowest first. */
  public void updateInt(int value) {
    for (int i = 0; i < Integer.BYTES; i++) {
      scratch[i] = (byte) (value >>> (8 * i));
    }
    checksum.update(scratch, 0, Integer.BYTES);
  }

  /** Returns the CRC of everything added since the last reset. */
  public int value() {
    return (int) checksum.getValue();
  }
}
