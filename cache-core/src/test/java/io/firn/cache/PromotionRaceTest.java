// SPDX-License-Identifier: Apache-2.0
// Copyright The Firn authors
package io.firn.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.firn.cache.codec.Codec;
import io.firn.cache.codec.Input;
import io.firn.cache.codec.Output;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A reader has copied the old value from disk and stands in its codec while the key changes: the
 * old value must not reach the hot tier.
 */
@Timeout(120)
final class PromotionRaceTest {
  @TempDir Path directory;
  private final BlockingCodec codec = new BlockingCodec();
  private Firn firn;
  private TieredCache<String, String> cache;

  @BeforeEach
  void storeAnOldValueOnDiskOnly() {
    firn = Stores.open(directory);
    Stores.strings(firn, 0).put("key", "old");
    firn.close();
    firn = Stores.open(directory);
    cache = firn.cache("strings", Codec.utf8(), codec).maximumHotEntries(100).open();
  }

  @AfterEach
  void closeStore() {
    firn.close();
  }

  @Test
  void anUndisturbedReadIsPromoted() throws Exception {
    assertThat(readWhile(() -> {})).isEqualTo("old");
    assertThat(cache.stats().promotions()).isEqualTo(1);
    assertThat(cache.getIfPresent("key")).isEqualTo("old");
    assertThat(cache.stats().hotHits()).isEqualTo(1);
  }

  @Test
  void aPutMeanwhileStays() throws Exception {
    assertThat(readWhile(() -> cache.put("key", "new"))).isEqualTo("old");
    assertThat(cache.getIfPresent("key")).isEqualTo("new");
    assertThat(cache.stats().promotions()).isZero();
  }

  @Test
  void aBatchMeanwhileStays() throws Exception {
    assertThat(readWhile(() -> cache.putAll(Map.of("key", "new", "other", "too"))))
        .isEqualTo("old");
    assertThat(cache.getIfPresent("key")).isEqualTo("new");
    assertThat(cache.stats().promotions()).isZero();
  }

  @Test
  void aRemovalMeanwhileStays() throws Exception {
    assertThat(readWhile(() -> cache.invalidate("key"))).isEqualTo("old");
    assertThat(cache.getIfPresent("key")).isNull();
    assertThat(cache.stats().promotions()).isZero();
  }

  @Test
  void aClearMeanwhileStays() throws Exception {
    assertThat(readWhile(cache::invalidateAll)).isEqualTo("old");
    assertThat(cache.getIfPresent("key")).isNull();
  }

  @Test
  void aPutAndARemovalMeanwhileStay() throws Exception {
    assertThat(
            readWhile(
                () -> {
                  cache.put("key", "new");
                  cache.invalidate("key");
                }))
        .isEqualTo("old");
    assertThat(cache.getIfPresent("key")).isNull();
  }

  private @Nullable String readWhile(Runnable change) throws Exception {
    codec.blockNextDecode();
    CompletableFuture<@Nullable String> reader =
        CompletableFuture.supplyAsync(
            () -> cache.getIfPresent("key"), command -> new Thread(command, "reader").start());
    // A reader that finds nothing to decode must not be waited for.
    CompletableFuture<@Nullable String> ended =
        reader.whenComplete((value, failure) -> codec.stopWaiting());
    codec.awaitDecoding();
    change.run();
    codec.letGo();
    return ended.get();
  }

  /** UTF-8 strings; a decode can be held up. */
  private static final class BlockingCodec implements Codec<String> {
    private volatile @Nullable CountDownLatch mayReturn;
    private volatile CountDownLatch decoding = new CountDownLatch(1);

    void blockNextDecode() {
      decoding = new CountDownLatch(1);
      mayReturn = new CountDownLatch(1);
    }

    void awaitDecoding() throws InterruptedException {
      decoding.await();
    }

    void stopWaiting() {
      decoding.countDown();
    }

    void letGo() {
      CountDownLatch latch = mayReturn;
      mayReturn = null;
      if (latch != null) {
        latch.countDown();
      }
    }

    @Override
    public void encode(String value, Output out) {
      Codec.utf8().encode(value, out);
    }

    @Override
    public String decode(Input in) {
      String decoded = Codec.utf8().decode(in);
      CountDownLatch latch = mayReturn;
      if (latch != null) {
        decoding.countDown();
        try {
          latch.await();
        } catch (InterruptedException e) {
          throw new AssertionError(e);
        }
      }
      return decoded;
    }
  }
}
