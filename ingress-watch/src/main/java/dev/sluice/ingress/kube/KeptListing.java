package dev.sluice.ingress.kube;

import akka.NotUsed;
import akka.japi.Pair;
import akka.stream.Materializer;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredSecret;
import dev.sluice.ingress.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The last listing, kept in a file: a node that starts while the API server is away serves what was declared before.
 *
 * @see "docs/decisions/0004-kept-table.md"
 */
public final class KeptListing {
  private static final Logger LOG = LoggerFactory.getLogger(KeptListing.class);
  private static final String BLOCKING = "akka.actor.default-blocking-io-dispatcher";

  private final KeptSettings settings;
  private final Path file;
  private volatile @Nullable Listing last;

  private KeptListing(KeptSettings settings) {
    this.settings = settings;
    this.file = Path.of(settings.file());
  }

  private record Told(Listing listing, boolean kept) {}

  /** The same listings, each kept; and the one kept before, if none has come in time. */
  public static Source<Listing, NotUsed> around(
      Source<Listing, NotUsed> listings, KeptSettings settings) {
    if (settings.file().isEmpty()) {
      return listings;
    }
    KeptListing kept = new KeptListing(settings);
    return Source.fromMaterializer((materializer, attributes) -> {
          Executor blocking = blocking(materializer);
          return listings
              .alsoTo(kept.keeping(blocking))
              .map(listing -> new Told(listing, false))
              .merge(kept.before(blocking).map(listing -> new Told(listing, true)))
              .statefulMap(
                  () -> false,
                  (live, told) -> Pair.create(live || !told.kept(), drop(live, told)),
                  live -> Optional.empty())
              .filter(Optional::isPresent)
              .map(Optional::get);
        })
        .mapMaterializedValue(any -> NotUsed.getInstance());
  }

  private static Optional<Listing> drop(boolean live, Told told) {
    return live && told.kept() ? Optional.empty() : Optional.of(told.listing());
  }

  private static Executor blocking(Materializer materializer) {
    return materializer.system().dispatchers().lookup(BLOCKING);
  }

  private Sink<Listing, NotUsed> keeping(Executor blocking) {
    return Flow.of(Listing.class)
        .conflate((before, after) -> after)
        .throttle(1, settings.interval())
        .mapAsync(
            1,
            listing -> CompletableFuture.runAsync(() -> keep(listing), blocking)
                .thenApply(done -> NotUsed.getInstance()))
        .toMat(Sink.ignore(), Keep.left());
  }

  private Source<Listing, NotUsed> before(Executor blocking) {
    Duration patience = settings.patience();
    return Source.single(NotUsed.getInstance())
        .initialDelay(patience)
        .mapAsync(1, any -> CompletableFuture.supplyAsync(this::read, blocking))
        .filter(Optional::isPresent)
        .map(Optional::get);
  }

  /** Never throws: a file that can't be written is told, and the listings go on. */
  private void keep(Listing listing) {
    Listing before = last;
    last = listing;
    if (before != null && listing.declared().equals(before.declared())) {
      return;
    }
    try {
      List<Declaration> declared = settings.key().isEmpty()
          ? listing.declared().stream()
              .filter(one -> !(one instanceof DeclaredSecret))
              .toList()
          : listing.declared();
      Path folder = Files.createDirectories(file.toAbsolutePath().normalize().getParent());
      Path written = Files.createTempFile(
          folder,
          ".kept",
          ".tmp",
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(written, KeptFormat.write(declared, settings.key()));
      Files.move(
          written, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      last = null;
      LOG.warn("what is declared can't be kept in {}: {}", file, e.toString());
    }
  }

  private Optional<Listing> read() {
    try {
      String when = Files.getLastModifiedTime(file).toString();
      List<Declaration> declared = KeptFormat.read(Files.readAllBytes(file), settings.key());
      Problem old = new Problem(
          "",
          "",
          "",
          "the API server could not be read since the start",
          "an answer within " + settings.patience().toMillis() + " ms",
          "what was kept at " + when + " stands"
              + (settings.key().isEmpty() ? ", without Secrets" : ""));
      return Optional.of(new Listing(declared, List.of(old)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | RuntimeException e) {
      LOG.warn("what was kept in {} can't be read: {}", file, e.toString());
      return Optional.empty();
    }
  }
}
