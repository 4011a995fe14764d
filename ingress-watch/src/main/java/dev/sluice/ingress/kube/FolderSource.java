package dev.sluice.ingress.kube;

import akka.NotUsed;
import akka.japi.Pair;
import akka.stream.ActorAttributes;
import akka.stream.javadsl.Source;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Declarations from a watched folder of manifests. Never fails: a folder that can't be read is a problem in a listing. */
public final class FolderSource {
  private FolderSource() {}

  /** A listing after each look at the folder. Slow readers get the newest and miss those between. */
  public static Source<Listing, NotUsed> of(Path folder, FolderSettings settings) {
    return Source.tick(Duration.ZERO, settings.poll(), NotUsed.getInstance())
        .mapMaterializedValue(cancellable -> NotUsed.getInstance())
        .statefulMap(
            () -> new Looks(new Folder(folder, settings)),
            (looks, tick) -> Pair.create(looks, looks.next()),
            looks -> Optional.empty())
        .withAttributes(ActorAttributes.dispatcher("akka.actor.default-blocking-io-dispatcher"))
        .conflate((before, after) -> after);
  }

  private static final class Looks {
    private final Folder folder;
    private Listing last = new Listing(List.of(), List.of());
    private long count;

    private Looks(Folder folder) {
      this.folder = folder;
    }

    private Listing next() {
      last = folder.look().orElse(last);
      count++;
      return last.upTo(Map.of("looks", Long.toString(count)));
    }
  }
}
