// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.index;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every interleaving of a reader, a writer that replaces what it reads, and the agent that frees.
 */
@Tag("lincheck")
final class EpochsLincheckTest {
  /** A box that says whether it was given back. */
  private static final class Box {
    private volatile boolean freed;
  }

  /** A box behind epochs; each operation says whether all was well. */
  public abstract static class Guarded {
    private final Epochs epochs;
    private volatile Box current = new Box();

    Guarded(int movesNeeded) {
      this.epochs = new Epochs(1, movesNeeded);
    }

    @Operation
    public boolean read() {
      int ticket = epochs.enter();
      try {
        Box box = current;
        return !box.freed;
      } finally {
        epochs.leave(ticket);
      }
    }

    @Operation(nonParallelGroup = "writer")
    public boolean replace() {
      Box old = current;
      current = new Box();
      epochs.retire(() -> old.freed = true);
      return free();
    }

    @Operation(nonParallelGroup = "writer")
    public boolean free() {
      epochs.advance();
      return epochs.freePast() >= 0;
    }
  }

  /** With the protocol as it is. */
  public static final class Safe extends Guarded {
    public Safe() {
      super(Epochs.SAFE_MOVES);
    }
  }

  /** With a planted bug: one move of the generation is taken for enough. */
  public static final class Hasty extends Guarded {
    public Hasty() {
      super(1);
    }
  }

  /** What must hold. */
  public static final class AlwaysWell {
    public boolean read() {
      return true;
    }

    public boolean replace() {
      return true;
    }

    public boolean free() {
      return true;
    }
  }

  private static ModelCheckingOptions options() {
    return new ModelCheckingOptions()
        .threads(2)
        .actorsBefore(1)
        .actorsPerThread(3)
        .actorsAfter(0)
        .iterations(8)
        .invocationsPerIteration(500)
        .minimizeFailedScenario(false)
        .sequentialSpecification(AlwaysWell.class);
  }

  @Test
  void nothing_isFreedWhileAReaderCanUseIt() {
    options().check(Safe.class);
  }

  @Test
  void tooFewMoves_areFound() {
    assertThatThrownBy(() -> options().check(Hasty.class))
        .isInstanceOf(LincheckAssertionError.class);
  }
}
