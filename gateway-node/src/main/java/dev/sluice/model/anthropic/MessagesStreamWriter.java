package dev.sluice.model.anthropic;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.model.chat.AnswerEvent;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.TokenUsage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes a message as it is made. */
final class MessagesStreamWriter implements AnswerWriter, MessageBlocks.Listener {
  private final AnswerTerms terms;
  private final MessageBlocks blocks = new MessageBlocks(this);
  private ByteArrayOutputStream out = new ByteArrayOutputStream();
  private TokenUsage usage = TokenUsage.NONE;
  private String id;
  private boolean started;

  MessagesStreamWriter(AnswerTerms terms) {
    this.terms = terms;
    this.id = "msg_" + terms.id();
  }

  @Override
  public String contentType() {
    return "text/event-stream; charset=utf-8";
  }

  @Override
  public void write(AnswerEvent event, ByteArrayOutputStream into) {
    out = into;
    if (event instanceof AnswerEvent.Failed failed) {
      send(AnthropicErrors.event(failed.error()));
    } else if (event instanceof AnswerEvent.Began began) {
      id = began.id().isEmpty() ? id : began.id();
    } else if (event instanceof AnswerEvent.Used used) {
      usage = used.usage();
    } else {
      start();
      blocks.take(event);
    }
  }

  @Override
  public void end(ByteArrayOutputStream into) {
    out = into;
    start();
    blocks.close();
    ObjectNode last = object("message_delta");
    blocks.stop(last.putObject("delta"));
    MessageUsage.write(usage, last.putObject("usage"));
    send(last);
    send(object("message_stop"));
  }

  /** What is said of the usage here is what is known by now. */
  private void start() {
    if (started) {
      return;
    }
    started = true;
    ObjectNode event = object("message_start");
    ObjectNode message = event
        .putObject("message")
        .put("id", id)
        .put("type", "message")
        .put("role", "assistant")
        .put("model", terms.model());
    message.putArray("content");
    message.putNull("stop_reason").putNull("stop_sequence");
    MessageUsage.write(usage, message.putObject("usage"));
    send(event);
  }

  @Override
  public void begins(int index, ObjectNode block) {
    ObjectNode event = object("content_block_start").put("index", index);
    event.set("content_block", block);
    send(event);
  }

  @Override
  public void grows(int index, ObjectNode delta) {
    ObjectNode event = object("content_block_delta").put("index", index);
    event.set("delta", delta);
    send(event);
  }

  @Override
  public void ends(int index) {
    send(object("content_block_stop").put("index", index));
  }

  private static ObjectNode object(String type) {
    return Json.MAPPER.createObjectNode().put("type", type);
  }

  private void send(ObjectNode event) {
    String text = "event: " + event.path("type").asText() + "\ndata: " + event + "\n\n";
    out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
  }
}
