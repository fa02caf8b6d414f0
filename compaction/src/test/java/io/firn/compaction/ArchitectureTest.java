// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.firn.cold.model.TimeSource;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** The package map of the module, and that deciding stays apart from doing, as tests. */
final class ArchitectureTest {
  private static final String ROOT = "io.firn.compaction";
  private static final String[] DECIDING = {ROOT + ".plan..", ROOT + ".pace.."};

  /** From the top; a package may use the rows below its own, never its own row's other packages. */
  private static final List<List<String>> LAYERS =
      List.of(
          List.of(ROOT + ".worker.."), List.of(ROOT + ".plan..", ROOT + ".pace.."), List.of(ROOT));

  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  @Test
  void rules_seeTheClasses() {
    assertThat(MAIN).isNotEmpty();
  }

  @Test
  void everyClass_standsInAPackageOfTheMap() {
    String[] known = LAYERS.stream().flatMap(List::stream).toArray(String[]::new);
    classes().should().resideInAnyPackage(known).check(MAIN);
  }

  @Test
  void imports_goDownOnlyAndNeverToASibling() {
    List<String> notBelow = new ArrayList<>();
    for (List<String> layer : LAYERS) {
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
              .check(MAIN);
        }
      }
    }
  }

  @Test
  void packages_areFreeOfCycles() {
    slices().matching("io.firn.(**)").should().beFreeOfCycles().check(MAIN);
  }

  @Test
  void names_sayMoreThanUtilOrManager() {
    classes()
        .should()
        .haveNameNotMatching(".*(Util|Utils|Helper|Helpers|Manager|Impl)(\\$.*)?")
        .check(MAIN);
  }

  @Test
  void deciding_knowsNeitherFilesNorThreadsNorTheEngineNorATimeSource() {
    DescribedPredicate<JavaClass> outside =
        resideInAnyPackage("java.nio..", "java.io..", "java.util.concurrent..")
            .or(resideInAnyPackage("io.firn.cold.engine..", "io.firn.cold.io.."))
            .or(resideInAnyPackage("io.firn.cold.agent..", "org.jctools..", "org.slf4j.."))
            .or(JavaClass.Predicates.assignableTo(Thread.class))
            .or(JavaClass.Predicates.assignableTo(TimeSource.class))
            .or(JavaClass.Predicates.assignableTo(Clock.class));
    noClasses()
        .that()
        .resideInAnyPackage(DECIDING)
        .should()
        .dependOnClassesThat(outside)
        .allowEmptyShould(true)
        .check(MAIN);
  }

  @Test
  void time_comesFromTheSourceOfTheStore() {
    noClasses()
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
        .check(MAIN);
  }

  @Test
  void randomness_isNotUsed() {
    noClasses()
        .should()
        .dependOnClassesThat(
            JavaClass.Predicates.assignableTo(Random.class)
                .or(JavaClass.Predicates.assignableTo(SplittableRandom.class))
                .or(JavaClass.Predicates.assignableTo(ThreadLocalRandom.class)))
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .check(MAIN);
  }
}
