package dev.sluice.model;

import akka.util.ByteString;
import dev.sluice.ingress.ModelTable;
import dev.sluice.model.chat.Json;
import dev.sluice.proxy.HttpDate;
import dev.sluice.proxy.Inbound;
import dev.sluice.wire.Field;
import java.nio.charset.StandardCharsets;

/** The models that a caller can name. Those behind a beginning with a {@code *} can be called and not listed. */
final class ModelList {
  private ModelList() {}

  static void answer(Inbound request, ModelTable models) {
    StringBuilder json = new StringBuilder("{\"object\":\"list\",\"data\":[");
    String comma = "";
    for (String name : models.names()) {
      json.append(comma)
          .append("{\"id\":")
          .append(Json.quoted(name))
          .append(",\"object\":\"model\",\"created\":0,\"owned_by\":\"sluice\"}");
      comma = ",";
    }
    ByteString body = ByteString.fromString(json.append("]}").toString(), StandardCharsets.UTF_8);
    request
        .head(200, "OK")
        .field(Field.DATE, HttpDate.now())
        .field(Field.CONTENT_TYPE, "application/json")
        .field(Field.X_REQUEST_ID, request.id());
    request.headEnd(body.size());
    request.send(body);
    request.end();
  }
}
