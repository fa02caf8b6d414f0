// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.testkit;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The rules that the classes of every module keep, each as a check. */
public final class ModuleRules {
  private ModuleRules() {}

  /** Returns the classes of a module without its tests. */
  public static JavaClasses mainClasses(String root) {
    return new ClassFileImporter()
        .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
        .withImportOption(location -> !location.contains("-tests.jar"))
        .importPackages(root);
  }

  /**
   * Checks that every class stands in a package of the map, and imports only from the rows below
   * its own, never from its own row's other packages.
   *
   * @param layers from the top
   */
  public static void checkLayers(JavaClasses main, List<List<String>> layers) {
    String[] known = layers.stream().flatMap(List::stream).toArray(String[]::new);
    classes().should().resideInAnyPackage(known).check(main);
    List<String> notBelow = new ArrayList<>();
    for (List<String> layer : layers) {
      notBelow.addAll(layer);
      for (String own : layer) {
        String[] forbidden =
            notBelow.stream().filter(name -> !name.equals(own)).toArray(String[]::new);
        if (forbidden.length > 0) {
          noClasses()
              .that()
              .resideInAPackage(own)
              .should()
              .dependOnClassesThat(resideInAnyPackage(forbidden))
              .allowEmptyShould(true)
              .check(main);
        }
      }
    }
  }

  /** Checks that packages are free of cycles. */
  public static void checkCycles(JavaClasses main) {
    slices().matching("io.firn.(**)").should().beFreeOfCycles().check(main);
  }

  /** Checks that names say more than what every class is. */
  public static void checkNames(JavaClasses main) {
    classes()
        .should()
        .haveNameNotMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl)(\\$.*)?")
        .check(main);
  }

  /** Checks that nobody reads a clock of the system, but the classes named. */
  public static void checkTime(JavaClasses main, DescribedPredicate<? super JavaClass> but) {
    noClasses()
        .that(not(but))
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .orShould()
        .callMethod(Instant.class, "now")
        .orShould()
        .callMethod(Clock.class, "systemUTC")
        .orShould()
        .callMethod(Clock.class, "systemDefaultZone")
        .check(main);
  }
}
