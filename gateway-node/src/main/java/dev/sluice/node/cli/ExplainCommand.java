package dev.sluice.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.sluice.ingress.Explanation;
import dev.sluice.ingress.ModelExplanation;
import dev.sluice.ingress.Problem;
import dev.sluice.ingress.Reconciled;
import dev.sluice.ingress.RouteReconciler;
import dev.sluice.ingress.kube.Listing;
import dev.sluice.node.NodeSettings;
import dev.sluice.proxy.Asking;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Says which route takes a request, or a call of a model, and why. Sends none. */
@Command(
    name = "explain",
    customSynopsis = {
      "sluice explain METHOD URL [-H 'NAME: VALUE']… [OPTIONS]",
      "sluice explain MODEL [--tenant NAME] [--key NAME] [-H 'NAME: VALUE']… [OPTIONS]"
    },
    description =
        "which route takes a request, or a call of a model, and why, and why others don't; no request is sent",
    footer =
        "Ends with 0 if a route takes it, 1 if none does, 2 if the request is none, 3 if something could not be read.")
final class ExplainCommand implements Callable<Integer> {
  private static final int NO_ROUTE = 1;
  private static final int NO_REQUEST = 2;
  private static final int NOT_READ = 3;
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");
  private static final Duration TIMEOUT = Duration.ofSeconds(10);
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  @Parameters(
      index = "0",
      paramLabel = "METHOD or MODEL",
      description = "such as GET; without a URL behind it, the name of a model")
  private String method = "";

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "URL",
      description = "such as https://shop.example.com/cart?item=1")
  private @Nullable String url;

  @Option(
      names = {"-H", "--header"},
      paramLabel = "'NAME: VALUE'",
      description = "a header of the request; may be repeated")
  private List<String> headers = new ArrayList<>();

  @Mixin
  private ModelCallOptions call = new ModelCallOptions();

  @Mixin
  private DeclaredOptions declared = new DeclaredOptions();

  @Option(
      names = "--node",
      paramLabel = "URL",
      description = "ask a running node by its admin API, such as http://127.0.0.1:8081; "
          + "SLUICE_ADMIN_TOKEN is sent if it is set")
  private @Nullable String node;

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  /** What is printed. */
  private record Printed(Object json, String text, boolean taken) {
    static Printed of(Explanation explanation) {
      return new Printed(explanation, ExplanationText.of(explanation), explanation.route() != null);
    }

    static Printed of(ModelExplanation explanation) {
      return new Printed(
          explanation, ModelExplanationText.of(explanation), explanation.route() != null);
    }
  }

  @Override
  public Integer call() throws Exception {
    LocalLogs.toNowhere();
    Printed printed;
    try {
      printed = explained(url);
    } catch (IllegalArgumentException e) {
      System.err.println("sluice: " + e.getMessage());
      return NO_REQUEST;
    } catch (IOException e) {
      System.err.println("sluice: " + Failures.messageOf(e));
      return NOT_READ;
    }
    PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    out.print(json ? JSON.writeValueAsString(printed.json()) + "\n" : printed.text());
    out.flush();
    return printed.taken() ? 0 : NO_ROUTE;
  }

  private Printed explained(@Nullable String asked) throws IOException, InterruptedException {
    if (asked == null) {
      if (METHODS.contains(method)) {
        throw new IllegalArgumentException(
            method + " without a URL (expected: " + method + " URL, or the name of a model)");
      }
      return Printed.of(
          node == null
              ? localModel()
              : asked(node, call.query(method, headers), ModelExplanation.class));
    }
    call.refuseAny();
    if (node == null) {
      Known known = known();
      return Printed.of(Asking.explain(known.made(), known.problems(), method, asked, headers));
    }
    String query = "/explain?method=" + encoded(method) + "&url=" + encoded(asked)
        + (headers.isEmpty() ? "" : "&headers=" + encoded(String.join("\n", headers)));
    return Printed.of(asked(node, query, Explanation.class));
  }

  private ModelExplanation localModel() throws IOException {
    Known known = known();
    return Asking.explain(
        known.made(),
        known.problems(),
        ModelExplanation.Live.NONE,
        call.asked(method, headers),
        call.caller(known.made().tenants()));
  }

  /** What is declared, and what is made of it. */
  private record Known(Reconciled made, List<Problem> problems) {}

  private Known known() throws IOException {
    NodeSettings settings = declared.settings();
    Listing listing = DeclaredOptions.look(settings);
    for (Problem problem : listing.problems()) {
      if (problem.object().isEmpty()) {
        throw new IOException(problem.toString());
      }
    }
    Reconciled made = RouteReconciler.reconcile(
        listing.declared(), settings.classes(), settings.controller(), Reconciled.NOTHING);
    TreeSet<Problem> problems = new TreeSet<>(listing.problems());
    problems.addAll(made.problems());
    return new Known(made, List.copyOf(problems));
  }

  private static <T> T asked(String admin, String query, Class<T> type)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(
            URI.create(admin.replaceAll("/+$", "") + "/api/v1" + query))
        .timeout(TIMEOUT);
    String token = System.getenv("SLUICE_ADMIN_TOKEN");
    if (token != null && !token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();
    HttpResponse<byte[]> answer =
        client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
    if (answer.statusCode() == 200) {
      return JSON.readValue(answer.body(), type);
    }
    JsonNode error = errorOf(answer.body());
    String message = error.asText("status " + answer.statusCode());
    if (answer.statusCode() == 400) {
      throw new IllegalArgumentException(message);
    }
    throw new IOException(admin + ": " + message);
  }

  private static JsonNode errorOf(byte[] body) {
    try {
      return JSON.readTree(body).path("detail");
    } catch (IOException e) {
      return JSON.missingNode();
    }
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
