package dev.sluice.ingress.kube;

import akka.NotUsed;
import akka.japi.Pair;
import akka.stream.ActorAttributes;
import akka.stream.javadsl.Source;
import java.nio.file.Path;
import java.util.Optional;

/** Declarations from a watched folder of manifests. Never fails: a folder that can't be read is a problem in a listing. */
public final class FolderSource {
  private FolderSource() {}

  /** A listing at once, and one after each change. Slow readers get the newest and miss those between. */
  public static Source<Listing, NotUsed> of(Path folder, FolderSettings settings) {
    return Source.tick(java.time.Duration.ZERO, settings.poll(), NotUsed.getInstance())
        .mapMaterializedValue(cancellable -> NotUsed.getInstance())
        .statefulMap(
            () -> new Folder(folder, settings),
            (state, tick) -> Pair.create(state, state.look()),
            state -> Optional.empty())
        .filter(Optional::isPresent)
        .map(Optional::get)
        .withAttributes(ActorAttributes.dispatcher("akka.actor.default-blocking-io-dispatcher"))
        .conflate((before, after) -> after);
  }
}
