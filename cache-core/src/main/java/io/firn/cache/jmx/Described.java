// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache.jmx;

import static javax.management.MBeanOperationInfo.ACTION;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** What management tools show of an MBean, an attribute, an operation or a parameter. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.METHOD, ElementType.PARAMETER})
public @interface Described {
  /** The description, with the unit. */
  String value();

  /** Of an operation: one of the impacts of {@link javax.management.MBeanOperationInfo}. */
  int impact() default ACTION;
}
