package dev.sluice.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.tenancy.Audit;
import dev.sluice.tenancy.AuditTrail;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/** How this node stands, the document of the API itself, and the audit trail. */
final class NodeOperations {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern NAME = Pattern.compile("[!-~]{0,256}");
  private static final Pattern ANY = Pattern.compile("[\\s\\S]{0,8192}");

  private final AdminView view;
  private final AuditTrail audit;
  private final Supplier<JsonNode> document;

  NodeOperations(AdminView view, AuditTrail audit, Supplier<JsonNode> document) {
    this.view = view;
    this.audit = audit;
    this.document = document;
  }

  List<Operation> all() {
    return List.of(
        Operation.get(
            "getOpenApi",
            "/openapi.json",
            Access.READ,
            "This document.",
            "Document",
            asked -> CompletableFuture.completedFuture(Answer.json(200, document.get()))),
        Operation.get(
            "getStatus",
            "/status",
            Access.READ_ALL,
            "How this node stands.",
            "Status",
            asked -> CompletableFuture.completedFuture(Answer.of(view.status()))),
        Operation.get(
            "listProblems",
            "/problems",
            Access.READ_ALL,
            "Everything declared that can't be honoured as it stands.",
            "DeclarationProblem[]",
            asked -> CompletableFuture.completedFuture(Answer.of(view.problems()))),
        Operation.get(
                "explain",
                "/explain",
                Access.READ_ALL,
                "Which route takes a request, and why.",
                "Explanation",
                this::explain)
            .with(
                new Operation.Parameter("url", "http or https URL.", ANY, true),
                Operation.Parameter.optional(
                    "method", "Of the request; the default is GET.", "[A-Z]{1,20}"),
                new Operation.Parameter("headers", "Lines of the form Name: value.", ANY, false)),
        Operation.get(
                "explainModel",
                "/explain/model",
                Access.READ_ALL,
                "Which ModelRoute takes a call of a model, who would be asked, and whose limits count.",
                "ModelExplanation",
                this::explainModel)
            .with(
                new Operation.Parameter("model", "Name that is asked for.", NAME, true),
                new Operation.Parameter("tenant", "Whose call it is.", NAME, false),
                new Operation.Parameter(
                    "key",
                    "Its key, with its team's name before it: KEY or TEAM/KEY.",
                    NAME,
                    false),
                new Operation.Parameter(
                    "host", "Whose models; needed if several hosts have some.", NAME, false),
                new Operation.Parameter(
                    "path", "That is called; the default is /v1/chat/completions.", ANY, false),
                new Operation.Parameter("headers", "Lines of the form Name: value.", ANY, false)),
        Operation.get(
            "getShadow",
            "/shadow",
            Access.READ_ALL,
            "How answers differ from those of another gateway, where they are compared.",
            "Shadow",
            asked -> CompletableFuture.completedFuture(Answer.of(view.shadow()))),
        Operation.get(
                "listAudit",
                "/audit",
                Access.READ,
                "Who changed what, newest first.",
                "AuditLine[]",
                this::audit)
            .paged("Number before which to begin.", "[0-9]{1,18}")
            .with(Operation.Parameter.optional(
                "tenant", "Only changes of this tenant.", "[a-z0-9][-a-z0-9.]{0,252}")));
  }

  private CompletionStage<Answer> explain(Asked asked) {
    String method = asked.query("method");
    Answer answer;
    try {
      answer = Answer.of(
          view.explain(method.isEmpty() ? "GET" : method, asked.query("url"), headers(asked)));
    } catch (IllegalArgumentException e) {
      answer = Answer.problem(400, String.valueOf(e.getMessage()));
    }
    return CompletableFuture.completedFuture(answer);
  }

  private CompletionStage<Answer> explainModel(Asked asked) {
    try {
      return view.explainModel(new AdminView.AskedModel(
              asked.query("model"),
              asked.query("tenant"),
              asked.query("key"),
              asked.query("host"),
              asked.query("path"),
              headers(asked)))
          .thenApply(Answer::of);
    } catch (IllegalArgumentException e) {
      return CompletableFuture.completedFuture(Answer.problem(400, String.valueOf(e.getMessage())));
    }
  }

  private static List<String> headers(Asked asked) {
    return asked.query("headers").lines().filter(line -> !line.isBlank()).toList();
  }

  private CompletionStage<Answer> audit(Asked asked) {
    String tenant = asked.query("tenant");
    if (!tenant.isEmpty() && !asked.caller().sees(tenant)) {
      return CompletableFuture.completedFuture(AdminServer.forbidden());
    }
    Set<String> whose = !tenant.isEmpty()
        ? Set.of(tenant)
        : asked.caller().isLimited() ? asked.caller().tenants() : Set.of();
    String after = asked.query("after");
    return audit
        .lines(whose, after.isEmpty() ? Long.MAX_VALUE : Long.parseLong(after), asked.most() + 1)
        .thenApply(lines -> {
          LinkedHashMap<String, ObjectNode> page = new LinkedHashMap<>();
          lines.forEach(line -> page.put(Long.toString(line.changed()), json(line)));
          return Pages.answer(asked, page);
        });
  }

  private static ObjectNode json(Audit line) {
    ObjectNode json = JsonNodeFactory.instance
        .objectNode()
        .put("number", line.changed())
        .put("at", line.at().toString())
        .put("who", line.who())
        .put("role", line.role())
        .put("operation", line.operation())
        .put("tenant", line.tenant())
        .put("target", line.target());
    json.set("before", tree(line.before()));
    json.set("after", tree(line.after()));
    return json;
  }

  private static JsonNode tree(String json) {
    try {
      return json.isEmpty() ? JsonNodeFactory.instance.nullNode() : JSON.readTree(json);
    } catch (JsonProcessingException e) {
      return JsonNodeFactory.instance.textNode(json);
    }
  }
}
