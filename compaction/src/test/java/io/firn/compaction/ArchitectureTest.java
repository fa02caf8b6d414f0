// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.compaction;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.firn.cold.agent.Agent;
import io.firn.cold.engine.StoreSpace;
import io.firn.cold.model.TimeSource;
import io.firn.cold.testkit.ModuleRules;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

/** The package map of the module, and that deciding stays apart from doing, as tests. */
final class ArchitectureTest {
  private static final String ROOT = "io.firn.compaction";
  private static final String[] DECIDING = {ROOT + ".plan..", ROOT + ".pace.."};

  /** From the top; a package may use the rows below its own, never its own row's other packages. */
  private static final List<List<String>> LAYERS =
      List.of(
          List.of(ROOT + ".worker.."), List.of(ROOT + ".plan..", ROOT + ".pace.."), List.of(ROOT));

  private static final JavaClasses MAIN = ModuleRules.mainClasses(ROOT);

  @Test
  void rules_seeTheClasses() {
    assertThat(MAIN).isNotEmpty();
  }

  @Test
  void everyClass_standsInAPackageOfTheMap_andImportsGoDownOnlyAndNeverToASibling() {
    ModuleRules.checkLayers(MAIN, LAYERS);
  }

  @Test
  void packages_areFreeOfCycles() {
    ModuleRules.checkCycles(MAIN);
  }

  @Test
  void names_sayMoreThanUtilOrManager() {
    ModuleRules.checkNames(MAIN);
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
    ModuleRules.checkTime(MAIN, DescribedPredicate.alwaysFalse());
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

  @Test
  void agents_ownAllTheirState() {
    DescribedPredicate<JavaClass> owned =
        JavaClass.Predicates.assignableTo(Record.class)
            .or(JavaClass.Predicates.assignableTo(Collection.class))
            .or(JavaClass.Predicates.assignableTo(Map.class))
            .or(JavaClass.Predicates.assignableTo(Predicate.class))
            .or(JavaClass.Predicates.assignableTo(StoreSpace.class))
            .or(JavaClass.Predicates.assignableTo(Logger.class))
            .or(
                DescribedPredicate.describe(
                    "of its own package, and not public",
                    type ->
                        type.getPackageName().equals(ROOT + ".worker")
                            && !type.getModifiers().contains(JavaModifier.PUBLIC)))
            .or(DescribedPredicate.describe("primitive", JavaClass::isPrimitive));
    fields()
        .that()
        .areDeclaredInClassesThat()
        .implement(Agent.class)
        .should()
        .bePrivate()
        .andShould()
        .haveRawType(owned)
        .check(MAIN);
    classes()
        .that()
        .resideInAPackage(ROOT + ".worker")
        .and()
        .haveNameMatching(".*Command\\$(?!Handler).*")
        .should()
        .beRecords()
        .check(MAIN);
  }
}
