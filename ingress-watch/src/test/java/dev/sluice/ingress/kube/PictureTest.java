package dev.sluice.ingress.kube;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.ingress.Declaration;
import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.DeclaredService;
import dev.sluice.ingress.ObjectKey;
import dev.sluice.ingress.Problem;
import dev.sluice.ingress.kube.Seen.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PictureTest {
  private static final Watched SERVICES = new Watched("v1", "Service", "services", "", "");
  private static final Watched SECRETS = new Watched("v1", "Secret", "secrets", "", "");
  private static final ObjectKey KEY = new ObjectKey("Service", "shop", "cart");

  private final Picture picture = new Picture("https://api", List.of(SERVICES, SECRETS));

  private static Seen.Entry entry(int port) {
    return new Seen.Entry(
        new DeclaredService(
            KEY, DeclaredAt.API_SERVER, "", List.of(new DeclaredService.Port("http", port))),
        List.of());
  }

  private Optional<Listing> after(Seen... news) {
    return picture.after(List.of(news));
  }

  private static Seen.Listed none(Watched what) {
    return new Seen.Listed(what, Map.of());
  }

  private static Seen.Unreadable trouble(Watched what, Reason reason, String message) {
    return new Seen.Unreadable(what, reason, message);
  }

  private void listOne() {
    after(new Seen.Listed(SERVICES, Map.of(KEY, entry(80))), none(SECRETS));
  }

  @Test
  void isShownOnceEverythingHasBeenListed() {
    assertThat(after(new Seen.Listed(SERVICES, Map.of(KEY, entry(80))))).isEmpty();
    assertThat(after(none(SECRETS)).orElseThrow().declared()).hasSize(1);
  }

  @Test
  void doesNotWaitForKindsThatThereAreNotOrThatMayNotBeRead() {
    assertThat(after(none(SERVICES))).isEmpty();
    Listing listing = after(trouble(SECRETS, Reason.REFUSED, "forbidden")).orElseThrow();
    assertThat(listing.problems())
        .extracting(Problem::what)
        .containsExactly("Secret objects can't be read: forbidden");
  }

  @Test
  void waitsForAnApiServerThatIsAwayAndSaysSoOnce() {
    assertThat(after(trouble(SERVICES, Reason.AWAY, "refused"), none(SECRETS))).isEmpty();
    assertThat(picture.waitsFor()).hasValue("https://api: refused");
    assertThat(picture.waitsFor()).isEmpty();
  }

  @Test
  void keepsWhatItHasWhileTheApiServerIsAwayAndTellsTheFirstReasonOnly() {
    listOne();
    Listing away = after(trouble(SERVICES, Reason.AWAY, "refused")).orElseThrow();
    assertThat(away.declared()).hasSize(1);
    assertThat(away.problems())
        .singleElement()
        .satisfies(problem -> assertThat(problem.what()).contains("refused"));
    assertThat(after(trouble(SECRETS, Reason.AWAY, "timed out"))).isEmpty();
    assertThat(after(trouble(SERVICES, Reason.AWAY, "timed out"))).isEmpty();
    assertThat(after(new Seen.Answering(SERVICES))).isEmpty();
    assertThat(after(none(SECRETS)).orElseThrow().problems()).isEmpty();
  }

  @Test
  void isNotShownAgainForWhatIsAsItWas() {
    listOne();
    assertThat(after(new Seen.Put(SERVICES, KEY, entry(80)))).isEmpty();
    assertThat(after(new Seen.Listed(SERVICES, Map.of(KEY, entry(80))))).isEmpty();
    assertThat(after(new Seen.Gone(SECRETS, KEY), new Seen.Answering(SERVICES))).isEmpty();
  }

  @Test
  void tellsUpToWhereItHasSeenEvenIfNothingElseIsNew() {
    listOne();
    Listing listed = after(new Seen.UpTo(SERVICES, "7")).orElseThrow();
    assertThat(listed.seen()).isEqualTo(Map.of("Service", "7", "Secret", ""));
    Listing later = after(new Seen.UpTo(SECRETS, "8")).orElseThrow();
    assertThat(later.seen()).isEqualTo(Map.of("Service", "7", "Secret", "8"));
    assertThat(later.declared()).isSameAs(listed.declared());
    assertThat(after(new Seen.UpTo(SECRETS, "8"))).isEmpty();
  }

  @Test
  void keepsTheInstancesOfWhatDidNotChange() {
    ObjectKey other = KEY.sibling("Service", "other");
    Declaration first = after(new Seen.Listed(SERVICES, Map.of(KEY, entry(80))), none(SECRETS))
        .orElseThrow()
        .declared()
        .get(0);
    Listing more = after(
            new Seen.Listed(
                SERVICES, Map.of(KEY, entry(80), other, new Seen.Entry(null, List.of()))),
            new Seen.Put(SECRETS, other, entry(81)))
        .orElseThrow();
    assertThat(more.declared().get(0)).isSameAs(first);
  }

  @Test
  void forgetsWhatIsGoneFromAListOrByAnEvent() {
    listOne();
    assertThat(after(new Seen.Gone(SERVICES, KEY)).orElseThrow().declared()).isEmpty();
    assertThat(after(new Seen.Put(SERVICES, KEY, entry(80))).orElseThrow().declared())
        .hasSize(1);
    assertThat(after(none(SERVICES)).orElseThrow().declared()).isEmpty();
  }
}
