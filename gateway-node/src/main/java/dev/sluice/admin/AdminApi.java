package dev.sluice.admin;

import akka.actor.ActorSystem;
import akka.http.javadsl.ServerBinding;
import com.fasterxml.jackson.databind.JsonNode;
import dev.sluice.ingress.Claims;
import dev.sluice.ingress.TenantTable;
import dev.sluice.tenancy.AuditTrail;
import dev.sluice.tenancy.Tenancy;
import dev.sluice.tenancy.TenancyStore;
import dev.sluice.tenancy.TopUps;
import dev.sluice.usage.UsageReport;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Supplier;

/** The admin API, {@code /api/v1}: put together and started. */
public final class AdminApi {
  /**
   * What it works on.
   *
   * @param declared tenants of manifests, as they are now
   * @param jwts what a JWT of an issuer that we know says; empty if it is none, or no good one
   */
  public record Parts(
      AdminView view,
      Supplier<TenantTable> declared,
      Tenancy tenancy,
      TenancyStore store,
      TopUps topUps,
      AuditTrail audit,
      UsageReport usage,
      Function<String, CompletionStage<Optional<Claims>>> jwts,
      Duration mostOverlap,
      String version) {}

  private AdminApi() {}

  /** Listens. */
  public static CompletionStage<ServerBinding> start(
      ActorSystem system, AdminSettings settings, Parts parts) {
    return new AdminServer(system, operations(parts), callers(settings, parts), settings).start();
  }

  static Operations operations(Parts parts) {
    Declared declared = new Declared(parts.declared());
    AtomicReference<JsonNode> document = new AtomicReference<>();
    List<Operation> all = new ArrayList<>();
    all.addAll(new NodeOperations(parts.view(), parts.audit(), document::get).all());
    all.addAll(new TenantOperations(parts.store(), parts.tenancy(), declared).all());
    all.addAll(
        new KeyOperations(parts.store(), declared, parts.mostOverlap(), Clock.systemUTC()).all());
    all.addAll(
        new BalanceOperations(parts.view(), parts.tenancy(), parts.topUps(), parts.audit()).all());
    all.addAll(new UsageOperations(parts.usage()).all());
    document.set(OpenApi.of(all, parts.version()));
    return new Operations(all);
  }

  private static Callers callers(AdminSettings settings, Parts parts) {
    return new Callers(
        settings.tokens(),
        token -> parts
            .jwts()
            .apply(token)
            .thenApply(claims -> claims.flatMap(one -> OidcCaller.of(one, settings.oidc()))),
        settings.anonymousReads());
  }
}
