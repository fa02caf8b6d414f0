// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import io.firn.cold.engine.EngineStats;
import io.firn.cold.engine.RecoveryReport;
import io.firn.cold.testkit.ModuleRules;
import java.io.File;
import java.io.RandomAccessFile;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** What the cache may know: the cold tier's facade, never its rooms, and no outside effect. */
final class ArchitectureTest {
  private static final String ROOT = "io.firn.cache";
  private static final JavaClasses MAIN = ModuleRules.mainClasses(ROOT);

  @Test
  void rules_seeTheClasses() {
    assertThat(MAIN).isNotEmpty();
  }

  @Test
  void everyClass_standsBelowTheRoot() {
    classes().should().resideInAPackage(ROOT + "..").check(MAIN);
  }

  @Test
  void coldTier_isSeenThroughItsFacade() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage(
                    "io.firn.cold.engine..",
                    "io.firn.cold.wal..",
                    "io.firn.cold.segment..",
                    "io.firn.cold.index..",
                    "io.firn.cold.format..",
                    "io.firn.cold.memory..",
                    "net.openhft..")
                .and(not(figuresThatTheFacadeHandsOut())))
        .check(MAIN);
  }

  private static DescribedPredicate<JavaClass> figuresThatTheFacadeHandsOut() {
    return equivalentTo(EngineStats.class)
        .or(equivalentTo(RecoveryReport.class))
        .or(equivalentTo(io.firn.cold.engine.VerifyReport.class));
  }

  @Test
  void codecs_knowOnlyTheExceptions() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".codec..")
        .should()
        .dependOnClassesThat(
            resideInAPackage(ROOT)
                .or(
                    resideInAPackage("io.firn.cold..")
                        .and(resideOutsideOfPackage("io.firn.cold.model"))))
        .allowEmptyShould(true)
        .check(MAIN);
  }

  @Test
  void jacksons_areNamedOnlyWhereTheyAreLoaded() {
    String two = "com.fasterxml.jackson..";
    String three = "tools.jackson..";
    DescribedPredicate<JavaClass> inTwo = nameStarting("Jackson2Mapping");
    DescribedPredicate<JavaClass> inThree = nameStarting("Jackson3Mapping");
    noClasses()
        .that(not(inTwo.or(inThree)))
        .should()
        .dependOnClassesThat(resideInAnyPackage(two, three))
        .check(MAIN);
    noClasses().that(inTwo).should().dependOnClassesThat(resideInAPackage(three)).check(MAIN);
    noClasses()
        .that(inThree)
        .should()
        .dependOnClassesThat(
            resideInAPackage(two).and(resideOutsideOfPackage("com.fasterxml.jackson.annotation")))
        .check(MAIN);
  }

  private static DescribedPredicate<JavaClass> nameStarting(String name) {
    return DescribedPredicate.describe(
        "in " + name, type -> type.getName().startsWith(ROOT + ".codec." + name));
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
  void time_isInjected() {
    ModuleRules.checkTime(MAIN, DescribedPredicate.alwaysFalse());
  }

  @Test
  void randomness_isSeeded() {
    noClasses()
        .should()
        .callConstructor(Random.class)
        .orShould()
        .callConstructor(SplittableRandom.class)
        .orShould()
        .callMethod(Math.class, "random")
        .orShould()
        .callMethod(UUID.class, "randomUUID")
        .orShould()
        .dependOnClassesThat(
            equivalentTo(ThreadLocalRandom.class).or(equivalentTo(SecureRandom.class)))
        .check(MAIN);
  }

  @Test
  void files_areLeftToTheColdTier() {
    DescribedPredicate<JavaClass> fileAccess =
        equivalentTo(Files.class)
            .or(equivalentTo(File.class))
            .or(resideInAPackage("java.io").and(nameMatching("File.*")))
            .or(equivalentTo(RandomAccessFile.class))
            .or(equivalentTo(FileChannel.class))
            .or(equivalentTo(AsynchronousFileChannel.class));
    noClasses().should().dependOnClassesThat(fileAccess).check(MAIN);
  }

  private static DescribedPredicate<JavaClass> nameMatching(String regex) {
    return DescribedPredicate.describe(
        "with a name like " + regex, type -> type.getSimpleName().matches(regex));
  }
}
