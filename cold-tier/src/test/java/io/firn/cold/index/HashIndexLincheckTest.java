// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.firn.cold.model.Address;
import java.util.HashMap;
import java.util.Map;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every interleaving of readers and writers on a partition of few slots, against a map. */
@Tag("lincheck")
final class HashIndexLincheckTest {
  /** Searches without a lock, changes under it; all hashes have the same home. */
  @Param(name = "key", gen = IntGen.class, conf = "1:4")
  @Param(name = "version", gen = IntGen.class, conf = "1:3")
  public abstract static class Shared {
    private final HashIndex index;

    Shared(boolean believesTornReads) {
      Epochs epochs = new Epochs(1, Epochs.SAFE_MOVES);
      IndexShape shape = new IndexShape(5, 4_096, 4_096, 1);
      Blocks blocks = new Blocks(epochs, 5, HeapMemory::new);
      index =
          new HashIndex(shape, blocks, new PlainThreads(), GrowthListener.NONE, believesTornReads);
    }

    @Operation
    public int find(@Param(name = "key") int key) {
      return Address.segment(index.find(key));
    }

    @Operation
    public int put(@Param(name = "key") int key, @Param(name = "version") int version) {
      Partition partition = index.lock(key);
      try {
        return Address.segment(partition.put(key, Address.of(version, 0, 0)));
      } finally {
        partition.unlock();
      }
    }

    @Operation
    public int remove(@Param(name = "key") int key) {
      Partition partition = index.lock(key);
      try {
        return Address.segment(partition.remove(key));
      } finally {
        partition.unlock();
      }
    }
  }

  /** With the protocol as it is. */
  public static final class Checked extends Shared {
    public Checked() {
      super(false);
    }
  }

  /** With a planted bug: readers do not check the version. */
  public static final class Unchecked extends Shared {
    public Unchecked() {
      super(true);
    }
  }

  /** What must hold. */
  public static final class Plain {
    private final Map<Integer, Integer> map = new HashMap<>();

    public int find(int key) {
      return map.getOrDefault(key, 0);
    }

    public int put(int key, int version) {
      Integer before = map.put(key, version);
      return before == null ? 0 : before;
    }

    public int remove(int key) {
      Integer before = map.remove(key);
      return before == null ? 0 : before;
    }
  }

  private static ModelCheckingOptions options(int iterations) {
    return new ModelCheckingOptions()
        .threads(2)
        .actorsBefore(4)
        .actorsPerThread(2)
        .actorsAfter(0)
        .iterations(iterations)
        .invocationsPerIteration(200)
        .minimizeFailedScenario(false)
        .sequentialSpecification(Plain.class);
  }

  @Test
  void everySearch_givesWhatTheMapHeldAtSomeMomentOfIt() {
    options(10).check(Checked.class);
  }

  @Test
  void searchesThatSkipTheCheck_areFound() {
    assertThatThrownBy(() -> options(40).check(Unchecked.class))
        .isInstanceOf(LincheckAssertionError.class);
  }
}
