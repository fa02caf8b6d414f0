// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction.worker;

import io.firn.cold.io.AppendRegion;
import io.firn.cold.io.Disk;
import io.firn.cold.io.DiskFile;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;

/** A disk that does something before each of its calls that can fail. */
final class HookedDisk {
  private static final List<Class<?>> KINDS =
      List.of(Disk.class, DiskFile.class, AppendRegion.class);

  /** Calls that a simulated disk neither counts nor fails. */
  private static final Set<String> QUIET =
      Set.of(
          "exists",
          "usableBytes",
          "reservesBlocks",
          "describe",
          "path",
          "size",
          "end",
          "storesOutliveIt",
          "hashCode",
          "toString",
          "close");

  private HookedDisk() {}

  /** Returns a disk like another one. */
  static Disk of(Disk disk, Runnable beforeEachCall) {
    return (Disk) wrap(disk, beforeEachCall);
  }

  private static Object wrap(Object target, Runnable before) {
    for (Class<?> kind : KINDS) {
      if (kind.isInstance(target)) {
        return Proxy.newProxyInstance(
            HookedDisk.class.getClassLoader(),
            new Class<?>[] {kind},
            (self, method, arguments) -> {
              if (method.getName().equals("equals")) {
                return self == arguments[0];
              }
              if (!QUIET.contains(method.getName())) {
                before.run();
              }
              try {
                Object result = method.invoke(target, arguments);
                return result == null ? null : wrap(result, before);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
      }
    }
    return target;
  }
}
