package dev.sluice.ingress.kube;

import akka.NotUsed;
import akka.japi.Pair;
import akka.stream.Materializer;
import akka.stream.javadsl.Source;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Declarations from an API server: each kind listed, then watched. Never fails: what can't be read is a problem in a
 * listing, and what was read before stands.
 */
public final class KubernetesSource {
  private static final String BLOCKING = "akka.actor.default-blocking-io-dispatcher";

  private static final Logger LOG = LoggerFactory.getLogger(KubernetesSource.class);

  private KubernetesSource() {}

  /**
   * A listing once everything has been seen, and after each change; changes close together make one. Slow readers get the
   * newest and miss those between.
   */
  public static Source<Listing, NotUsed> of(ApiServer api, KubernetesSettings settings) {
    return Source.fromMaterializer(
            (materializer, attributes) -> everything(api, settings, blocking(materializer)))
        .mapMaterializedValue(any -> NotUsed.getInstance());
  }

  private static Executor blocking(Materializer materializer) {
    return materializer.system().dispatchers().lookup(BLOCKING);
  }

  private static Source<Listing, NotUsed> everything(
      ApiServer api, KubernetesSettings settings, Executor blocking) {
    List<Watched> all = Watched.all(settings);
    return Source.from(all)
        .flatMapMerge(
            all.size(), what -> ApiFeed.of(api, what, settings, blocking).async())
        .batch(settings.waiting(), KubernetesSource::first, (news, one) -> {
          news.add(one);
          return news;
        })
        .throttle(1, settings.pause())
        .statefulMap(
            () -> new Picture(api.url(), all),
            (picture, news) -> {
              Optional<Listing> listing = picture.after(news);
              picture.waitsFor().ifPresent(KubernetesSource::tellWait);
              return Pair.create(picture, listing);
            },
            picture -> Optional.empty())
        .filter(Optional::isPresent)
        .map(Optional::get);
  }

  private static void tellWait(String forWhat) {
    LOG.warn("nothing is declared until the API server can be read: {}", forWhat);
  }

  private static List<Seen> first(Seen one) {
    List<Seen> news = new ArrayList<>();
    news.add(one);
    return news;
  }
}
