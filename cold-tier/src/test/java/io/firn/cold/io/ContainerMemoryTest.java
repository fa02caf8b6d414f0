// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
import java.lang.reflect.Proxy;
import org.junit.jupiter.api.Test;

class ContainerMemoryTest {
  @Test
  void memoryIsThatOfTheMachineOrAMultipleOfTheHeap() {
    assertThat(ContainerMemory.totalBytes()).isPositive();
    OperatingSystemMXBean silent =
        (OperatingSystemMXBean)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {OperatingSystemMXBean.class},
                (proxy, method, arguments) -> null);
    assertThat(ContainerMemory.totalBytes(silent)).isEqualTo(4 * Runtime.getRuntime().maxMemory());
    assertThat(ContainerMemory.totalBytes(ManagementFactory.getOperatingSystemMXBean()))
        .isEqualTo(ContainerMemory.totalBytes());
  }
}
