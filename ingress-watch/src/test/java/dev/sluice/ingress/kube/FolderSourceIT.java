package dev.sluice.ingress.kube;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.ActorSystem;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.SinkQueueWithCancel;
import akka.testkit.javadsl.TestKit;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FolderSourceIT {
  private static final String SERVICE =
      "apiVersion: v1\nkind: Service\nmetadata: {name: s}\nspec: {ports: [{port: 80}]}\n";
  private static ActorSystem system;

  @TempDir
  private Path root;

  private @Nullable Listing last;

  @BeforeAll
  static void start() {
    system = ActorSystem.create("folders");
  }

  @AfterAll
  static void stop() {
    TestKit.shutdownActorSystem(system);
  }

  private static Listing any(SinkQueueWithCancel<Listing> listings) throws Exception {
    return listings.pull().toCompletableFuture().get(30, TimeUnit.SECONDS).orElseThrow();
  }

  /** The next one that says something new. */
  private Listing next(SinkQueueWithCancel<Listing> listings) throws Exception {
    Listing next = any(listings);
    while (last != null && next.saysTheSameAs(last)) {
      next = any(listings);
    }
    last = next;
    return next;
  }

  private SinkQueueWithCancel<Listing> watch(Path folder) {
    FolderSettings settings = new FolderSettings(Duration.ofMillis(20), 1 << 20, 100);
    return FolderSource.of(folder, settings).runWith(Sink.queue(1), system);
  }

  @Test
  void tellsWhatIsThereAndThenEachChange() throws Exception {
    Path file = Files.writeString(root.resolve("a.yaml"), SERVICE);
    SinkQueueWithCancel<Listing> listings = watch(root);
    assertThat(next(listings).declared()).hasSize(1);
    Files.writeString(file, SERVICE + "---\n" + SERVICE.replace("name: s", "name: t"));
    assertThat(next(listings).declared()).hasSize(2);
    Files.delete(file);
    assertThat(next(listings).declared()).isEmpty();
    listings.cancel();
  }

  @Test
  void countsItsLooksSoThatWhoChangedSomethingCanTellWhenItWasSeen() throws Exception {
    SinkQueueWithCancel<Listing> listings = watch(root);
    long first = Long.parseLong(any(listings).seen().get("looks"));
    Files.writeString(root.resolve("a.yaml"), SERVICE);
    Listing listing = any(listings);
    while (Long.parseLong(listing.seen().get("looks")) < first + 5) {
      listing = any(listings);
    }
    assertThat(listing.declared()).hasSize(1);
    listings.cancel();
  }

  @Test
  void goesOnWatchingAFolderThatIsNotThereYet() throws Exception {
    Path folder = root.resolve("later");
    SinkQueueWithCancel<Listing> listings = watch(folder);
    assertThat(next(listings).problems()).hasSize(1);
    createWith(folder);
    Listing listing = next(listings);
    while (listing.declared().isEmpty()) {
      listing = next(listings);
    }
    assertThat(listing.declared()).hasSize(1);
    assertThat(listing.problems()).isEmpty();
    listings.cancel();
  }

  private static void createWith(Path folder) throws IOException {
    Files.createDirectory(folder);
    Files.writeString(folder.resolve("a.yaml"), SERVICE);
  }
}
