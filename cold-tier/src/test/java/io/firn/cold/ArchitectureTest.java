// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import io.firn.cold.testkit.ModuleRules;
import java.io.File;
import java.io.RandomAccessFile;
import java.nio.channels.AsynchronousFileChannel;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** The package map of the architecture, and the one place of every outside effect, as tests. */
final class ArchitectureTest {
  private static final String ROOT = "io.firn.cold";

  /** From the top; a package may use the rows below its own, never its own row's other packages. */
  private static final List<List<String>> LAYERS =
      List.of(
          List.of(ROOT),
          List.of(ROOT + ".engine.."),
          List.of(ROOT + ".wal..", ROOT + ".segment..", ROOT + ".index..", ROOT + ".dump.."),
          List.of(ROOT + ".format..", ROOT + ".compress.."),
          List.of(ROOT + ".io..", ROOT + ".agent.."),
          List.of(ROOT + ".memory.."),
          List.of(ROOT + ".model.."));

  private static final JavaClasses MAIN = ModuleRules.mainClasses(ROOT);

  private static final DescribedPredicate<JavaClass> FILE_ACCESS =
      equivalentTo(Files.class)
          .or(equivalentTo(File.class))
          .or(resideInAPackage("java.io").and(nameMatching("File.*")))
          .or(equivalentTo(RandomAccessFile.class))
          .or(equivalentTo(AsynchronousFileChannel.class));

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
  void time_isReadInOnePlace() {
    ModuleRules.checkTime(MAIN, resideInAPackage(ROOT + ".agent").and(nameMatching("SystemTime")));
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
        .dependOnClassesThat(equivalentTo(ThreadLocalRandom.class))
        .check(MAIN);
  }

  @Test
  void secureRandomness_comesThroughTheDisk() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".io..")
        .should()
        .dependOnClassesThat(equivalentTo(SecureRandom.class))
        .check(MAIN);
  }

  @Test
  void files_areTouchedInOnePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".io..", ROOT + ".memory..")
        .should()
        .dependOnClassesThat(FILE_ACCESS.or(equivalentTo(FileChannel.class)))
        .check(MAIN);
  }

  @Test
  void memory_mapsAFileThatTheDiskOpenedAndNothingElse() {
    DescribedPredicate<JavaAccess<?>> otherThanMap =
        DescribedPredicate.describe(
            "use a FileChannel for anything but mapping",
            access ->
                access.getTargetOwner().isEquivalentTo(FileChannel.class)
                    && !access.getName().equals("map"));
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".memory..")
        .should()
        .dependOnClassesThat(FILE_ACCESS)
        .orShould()
        .accessTargetWhere(otherThanMap)
        .allowEmptyShould(true)
        .check(MAIN);
  }

  @Test
  void rawMemory_isTouchedInOnePackage() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".memory..")
        .should()
        .dependOnClassesThat(resideInAnyPackage("net.openhft..", "sun.misc..", "jdk.internal.."))
        .check(MAIN);
  }

  @Test
  void queues_doNotRestOnUnsafe() {
    DescribedPredicate<JavaClass> unsafe =
        resideInAPackage("org.jctools.maps..")
            .or(
                resideInAPackage("org.jctools.queues")
                    .and(nameMatching("(Mpsc|Spsc|Mpmc|Spmc).*")));
    noClasses().should().dependOnClassesThat(unsafe).check(MAIN);
  }

  private static DescribedPredicate<JavaClass> nameMatching(String regex) {
    return DescribedPredicate.describe(
        "with a name like " + regex, type -> type.getSimpleName().matches(regex));
  }
}
