// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cold.engine;

import io.firn.cold.engine.VerifyReport.Kind;
import io.firn.cold.format.PageLayout;
import io.firn.cold.model.Address;
import io.firn.cold.segment.PageStates;
import io.firn.cold.segment.Segment;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Compares the charges and states of one table's pages with what the index entries say, while the
 * table is in use. Reads memory only. For one thread.
 */
final class ChargeCheck {
  /* A charge is credited before the entry is set and debited after it was replaced. So at every
   * moment a charge is at least what the entries say, and the surplus belongs to writers under way.
   * A sealed page gets no credits any more, though a copy in it may still wait for its entry. Hence,
   * with m the charge before the index is scanned and s the sum of the scan: m >= s, or the account
   * is wrong. One epoch spans it all, so that no page found dead meanwhile is put into use again.
   *
   * Surplus is looked for only if nothing was appended to the log until every writer had left that
   * was inside after the scan: then the charge n of a sealed page may not be above s. For pages that
   * are being filled, which get credits, m and the charge after the scan must be n as well. */

  private final Engine engine;
  private final Table table;
  private final Findings findings;
  private final PageLayout layout;
  private final Map<Segment, Account> accounts = new LinkedHashMap<>();
  private long totalSum;

  /** One segment: what its figures were before the scan, and what the scan says. */
  private static final class Account {
    final PageStates map;
    final long liveCharge;
    final long liveRecords;
    final int[] sums;
    long sum;
    long records;

    Account(PageStates map, Segment segment) {
      this.map = map;
      this.liveCharge = segment.liveCharge();
      this.liveRecords = segment.liveRecords();
      this.sums = new int[map.pages()];
    }
  }

  ChargeCheck(Engine engine, Table table, Findings findings) {
    this.engine = engine;
    this.table = table;
    this.findings = findings;
    this.layout = table.space().layout();
  }

  void run() {
    long quietLsn = engine.log().end();
    boolean alone = Verifier.awaitWriters(engine);
    int ticket = engine.epochs().enter();
    try {
      engine.checkOpen();
      long total = table.space().liveCharge();
      for (Segment segment : table.space().segments()) {
        if (!segment.isDropped()) {
          accounts.put(segment, new Account(table.space().pageStates(segment), segment));
        }
      }
      IndexScan.scan(engine, table, (hash, word) -> add(word));
      long totalAfter = table.space().liveCharge();
      Map<Segment, PageStates> after = maps();
      boolean swept = !table.isSweeping();
      boolean settled = Verifier.awaitWriters(engine) && swept;
      boolean quiet = alone && settled && engine.log().end() == quietLsn;
      accounts.forEach(
          (segment, account) -> {
            if (!segment.isDropped() && !table.isDropped()) {
              compare(segment, account, quiet, quiet ? after.get(segment) : null);
            }
          });
      if (quiet
          && total != totalSum
          && totalAfter == total
          && table.space().liveCharge() == total) {
        wrong("table " + table.name() + ", live charge", totalSum, total);
      }
    } finally {
      engine.epochs().leave(ticket);
    }
  }

  private Map<Segment, PageStates> maps() {
    Map<Segment, PageStates> maps = new LinkedHashMap<>();
    for (Segment segment : accounts.keySet()) {
      maps.put(segment, table.space().pageStates(segment));
    }
    return maps;
  }

  private void add(long word) {
    Segment segment = table.space().find(Address.segment(word));
    Account account = segment == null ? null : accounts.get(segment);
    int left = Address.boundBytes(word);
    totalSum += segment == null ? 0 : left;
    long position = Address.offset(word);
    if (account == null || position < layout.firstByteOf(layout.pageOf(position))) {
      return;
    }
    account.sum += left;
    account.records++;
    for (int page = layout.pageOf(position); left > 0 && page < account.sums.length; page++) {
      int bytes = (int) Math.min(left, (page + 1L) * layout.pageBytes() - position);
      account.sums[page] += bytes;
      left -= bytes;
      position = layout.firstByteOf(page + 1);
    }
  }

  /**
   * Compares one segment.
   *
   * @param settled whether all that was replaced before the scan has been debited by now
   * @param after the map after the scan if nothing was written meanwhile, else null
   */
  private void compare(
      Segment segment, Account account, boolean settled, @Nullable PageStates after) {
    PageStates now = table.space().pageStates(segment);
    String where = segment.path();
    if (now.disagreement() >= 0) {
      findings.add(
          Kind.SPACE,
          where + " page " + now.disagreement(),
          "a page that is free in its state and in the free-space map, or in neither",
          "free in one of them");
    }
    for (int p = 0; p < account.sums.length; p++) {
      if (isWrong(account, now, p, settled, after)) {
        wrong(where + " page " + p + ", charge", account.sums[p], now.charge(p));
      }
    }
    boolean comparable = !account.map.anyOpen() && now.onlyDiedSince(account.map);
    if (after != null || comparable) {
      compareTotals(segment, account, settled, after != null);
    }
  }

  private static boolean isWrong(
      Account account, PageStates now, int page, boolean settled, @Nullable PageStates after) {
    int sum = account.sums[page];
    int before = account.map.charge(page);
    if (account.map.isUnused(page)) {
      return before != 0;
    }
    if (account.map.isSealed(page)) {
      return sum > before || (settled && now.charge(page) > sum);
    }
    return after != null
        && sum != before
        && after.charge(page) == before
        && now.charge(page) == before;
  }

  private void compareTotals(Segment segment, Account account, boolean settled, boolean quiet) {
    long charge = segment.liveCharge();
    long records = segment.liveRecords();
    boolean chargeKept = !quiet || charge == account.liveCharge;
    boolean recordsKept = !quiet || records == account.liveRecords;
    if (chargeKept && (account.sum > account.liveCharge || (settled && charge > account.sum))) {
      wrong(segment.path() + ", live charge", account.sum, charge);
    }
    if (recordsKept
        && (account.records > account.liveRecords || (settled && records > account.records))) {
      wrong(segment.path() + ", live records", account.records, records);
    }
  }

  private void wrong(String where, long expected, long actual) {
    findings.add(Kind.SPACE, where, Long.toString(expected), Long.toString(actual));
  }
}
