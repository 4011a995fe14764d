package dev.sluice.admin;

import dev.sluice.ingress.manifest.TenantParts;
import dev.sluice.tenancy.Written;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** What became of changes, as answers. */
final class Outcomes {
  private Outcomes() {}

  static <T> Answer answer(Written<T> written, Function<T, Answer> done) {
    if (written instanceof Written.Done<T> made) {
      return done.apply(made.value());
    } else if (written instanceof Written.Missing<T> missing) {
      return Answer.problem(404, "there is no " + missing.what());
    } else if (written instanceof Written.Conflict<T> conflict) {
      return Answer.problem(409, conflict.why());
    }
    return Answer.problem(
        412, "it has been changed since (expected: If-Match with the ETag that it has now)");
  }

  static Answer noTenant(String tenant) {
    return Answer.problem(404, "there is no tenant \"" + tenant + '"');
  }

  static CompletionStage<Answer> bad(TenantParts parts) {
    return CompletableFuture.completedFuture(
        Answer.problem(422, "the body can't be taken as it is", parts.problems()));
  }
}
