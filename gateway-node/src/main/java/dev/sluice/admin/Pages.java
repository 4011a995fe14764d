package dev.sluice.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Lists in pages. */
final class Pages {
  private Pages() {}

  /**
   * A page.
   *
   * @param items by cursor, in order: those of the page, and one more if there is another page
   */
  static Answer answer(Asked asked, Map<String, ObjectNode> items) {
    ArrayNode page = JsonNodeFactory.instance.arrayNode();
    String last = "";
    boolean more = false;
    for (Map.Entry<String, ObjectNode> one : items.entrySet()) {
      if (page.size() == asked.most()) {
        more = true;
        break;
      }
      page.add(one.getValue());
      last = one.getKey();
    }
    Answer answer = Answer.json(200, page);
    return more ? answer.with("Link", next(asked, last)) : answer;
  }

  static String next(Asked asked, String after) {
    StringBuilder path = new StringBuilder(AdminServer.PREFIX);
    String template = asked.operation().path();
    for (Map.Entry<String, String> part : asked.path().entrySet()) {
      template = template.replace("{" + part.getKey() + "}", part.getValue());
    }
    path.append(template).append("?after=").append(encoded(after));
    asked.query().forEach((name, value) -> {
      if (!name.equals("after")) {
        path.append('&').append(name).append('=').append(encoded(value));
      }
    });
    return "<" + path + ">; rel=\"next\"";
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
