// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

import static java.util.Objects.requireNonNull;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.function.Predicate;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanOperationInfo;

/** Finds what is written at the methods of {@link CompactionMXBean}. */
final class Descriptions {
  private Descriptions() {}

  static String ofType() {
    return at(CompactionMXBean.class).value();
  }

  static String of(MBeanAttributeInfo attribute) {
    String getter = (attribute.isIs() ? "is" : "get") + attribute.getName();
    return at(method(each -> each.getName().equals(getter))).value();
  }

  static Described of(MBeanOperationInfo operation) {
    return at(method(operation));
  }

  static String of(MBeanOperationInfo operation, int parameter) {
    return at(method(operation).getParameters()[parameter]).value();
  }

  /** Operations of one name differ in the number of their parameters. */
  static Method method(MBeanOperationInfo operation) {
    return method(
        each ->
            each.getName().equals(operation.getName())
                && each.getParameterCount() == operation.getSignature().length);
  }

  private static Method method(Predicate<? super Method> which) {
    return Arrays.stream(CompactionMXBean.class.getMethods())
        .filter(which)
        .findFirst()
        .orElseThrow();
  }

  private static Described at(AnnotatedElement element) {
    return requireNonNull(element.getAnnotation(Described.class), "description");
  }
}
