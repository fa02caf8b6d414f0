// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.agent.Agent;
import io.firn.cold.engine.SimulationWorld.EvacuatedPage;
import io.firn.cold.model.FirnException;
import io.firn.cold.model.StoreClosedException;
import io.firn.cold.segment.PageRun;
import io.firn.cold.segment.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Moves records out of pages that it draws, as long as a store is open. */
final class SimulationEvacuator implements Agent {
  private static final int MOST_RUNS = 4;
  private static final int MOST_PAGES = 6;

  private final SimulationWorld world;
  private final SplittableRandom random;
  private final long idleNanos;

  /** The store whose writers tell this one when they lack space. */
  private @Nullable Engine heard;

  /** A writer lacks space since the last slice. */
  private boolean lacking;

  SimulationEvacuator(SimulationWorld world, SplittableRandom random) {
    this.world = world;
    this.random = random;
    this.idleNanos = 1_000_000L << random.nextInt(7);
  }

  @Override
  public int doWork() {
    if (world.engine == null) {
      return 0;
    }
    listen(world.engine);
    Table table = world.anyTable(random);
    List<Segment> segments = table == null ? List.of() : table.space().segments();
    if (table == null || segments.isEmpty()) {
      return 0;
    }
    try {
      if (!lacking && random.nextInt(3) == 0) {
        sweep(table, segments);
      } else if (lacking || random.nextInt(3) == 0) {
        lacking = false;
        retire(table, segments);
      } else {
        evacuate(table, segments);
      }
    } catch (StoreClosedException e) {
      return 0;
    } catch (FirnException e) {
      world.threads().checkAlive();
      refused(e);
    }
    return 0;
  }

  private void listen(Engine engine) {
    if (heard != engine) {
      heard = engine;
      engine
          .pressure()
          .listen(
              tableId -> {
                lacking = true;
                return true;
              });
    }
  }

  /** Faults may be over when this one still meets a store that has not healed. */
  private void refused(FirnException e) {
    if (world.shape.faults() != SimulationShape.Faults.BROKEN) {
      world.expected(e);
    }
  }

  /** Sweeps all segments, or one; nothing that lives may go, which reads and the judge see. */
  private void sweep(Table table, List<Segment> segments) {
    Segment one = segments.get(random.nextInt(segments.size()));
    Set<Integer> numbers =
        random.nextBoolean()
            ? Set.of(one.number())
            : segments.stream().map(Segment::number).collect(Collectors.toSet());
    SweepResult result = new Evacuator(table).sweepExpired(numbers);
    world.threads().checkAlive();
    world.totals.recordsSwept += result.removed();
    world.totals.segmentsSwept += result.removed() > 0 ? result.segments() : 0;
  }

  /** Evacuates the sparser of two segments. */
  private void retire(Table table, List<Segment> segments) {
    Segment one = segments.get(random.nextInt(segments.size()));
    Segment other = segments.get(random.nextInt(segments.size()));
    Segment sparser = one.liveCharge() <= other.liveCharge() ? one : other;
    List<PageRun> all = List.of(new PageRun(sparser.number(), 0, sparser.pages()));
    if (random.nextBoolean()) {
      note(
          table,
          new Evacuator(table).retire(sparser.number(), RecordFilter.KEEP_ALL, move -> {}),
          all);
    } else {
      empty(table, sparser, all);
    }
  }

  /** Evacuates a segment in steps, between which others act. */
  private void empty(Table table, Segment segment, List<PageRun> all) {
    int step = 1 + random.nextInt(MOST_PAGES);
    try (HeldSegment held = new Evacuator(table).hold(segment.number())) {
      for (int page = 0; page < segment.pages(); page += step) {
        note(table, held.evacuate(page, step, RecordFilter.KEEP_ALL, move -> {}), all);
        world.totals.stepsHeld += held.isEmpty() ? 0 : 1;
      }
    }
  }

  private void evacuate(Table table, List<Segment> segments) {
    List<PageRun> runs = new ArrayList<>();
    int count = 1 + random.nextInt(MOST_RUNS);
    for (int i = 0; i < count; i++) {
      Segment segment = segments.get(random.nextInt(segments.size()));
      int first = random.nextInt(segment.pages());
      runs.add(new PageRun(segment.number(), first, 1 + random.nextInt(MOST_PAGES)));
    }
    note(table, new Evacuator(table).evacuate(runs, RecordFilter.KEEP_ALL, move -> {}), runs);
  }

  private void note(Table table, EvacuationResult result, List<PageRun> runs) {
    world.threads().checkAlive();
    world.totals.recordsMoved += result.moved();
    world.totals.movesLost += result.lost();
    world.totals.walksFailed += result.pagesByIndex();
    if (result.damaged() != 0 || result.rejected() != 0) {
      throw new AssertionError("nothing is damaged, all is kept: " + result);
    }
    if (result.moved() == 0) {
      return;
    }
    for (PageRun run : runs) {
      Segment segment = table.space().find(run.segment());
      for (int page = run.firstPage(); segment != null && page < run.endPage(); page++) {
        if (page < segment.pages() && segment.pageCharge(page) == 0) {
          world.evacuated.add(
              new EvacuatedPage(table.id(), segment.number(), segment.lsnBase(), page));
        }
      }
    }
  }

  @Override
  public long idleNanos() {
    return idleNanos;
  }

  @Override
  public String roleName() {
    return "evacuator";
  }
}
