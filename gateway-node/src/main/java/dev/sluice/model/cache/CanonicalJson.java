package dev.sluice.model.cache;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.sluice.model.chat.Json;
import java.io.IOException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A JSON document in the one form that all of its spellings have: white space, the order of an object's fields and how characters
 * are escaped are gone, all else stands. Numbers stay as they were written: {@code 1} is not {@code 1.0}. A name that an object has
 * twice stays twice, in its order.
 */
final class CanonicalJson {
  private sealed interface Node {}

  /** @param kind of the token, so that no text is taken for a number or a word */
  private record Scalar(char kind, String text) implements Node {}

  private record Items(List<Node> all) implements Node {}

  private record Member(String name, Node value) {}

  private record Members(List<Member> all) implements Node {}

  private final Node root;

  private CanonicalJson(Node root) {
    this.root = root;
  }

  /** Null if the bytes are no JSON document. */
  static @Nullable CanonicalJson of(byte[] bytes) {
    try (JsonParser parser = Json.MAPPER.getFactory().createParser(bytes)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        return null;
      }
      CanonicalJson whole = new CanonicalJson(node(parser, first));
      return parser.nextToken() == null ? whole : null;
    } catch (IOException e) {
      return null;
    }
  }

  /** As deep as the parser lets documents be. */
  private static Node node(JsonParser parser, JsonToken token) throws IOException {
    return switch (token) {
      case START_OBJECT -> members(parser);
      case START_ARRAY -> items(parser);
      case VALUE_STRING -> new Scalar('s', parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Scalar('n', parser.getText());
      default -> new Scalar('w', parser.getText());
    };
  }

  private static Node items(JsonParser parser) throws IOException {
    List<Node> all = new ArrayList<>();
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY;
        token = parser.nextToken()) {
      all.add(node(parser, token));
    }
    return new Items(all);
  }

  private static Node members(JsonParser parser) throws IOException {
    List<Member> all = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      all.add(new Member(name, node(parser, parser.nextToken())));
    }
    all.sort(Comparator.comparing(Member::name));
    return new Members(all);
  }

  /** Tells all of it, so that no two documents tell the same: each part with its kind and its length before it. */
  void tell(MessageDigest digest) {
    tell(root, digest);
  }

  private static void tell(Node node, MessageDigest digest) {
    if (node instanceof Scalar scalar) {
      text(scalar.kind(), scalar.text(), digest);
    } else if (node instanceof Items items) {
      number('a', items.all().size(), digest);
      items.all().forEach(one -> tell(one, digest));
    } else if (node instanceof Members members) {
      number('o', members.all().size(), digest);
      for (Member one : members.all()) {
        text('k', one.name(), digest);
        tell(one.value(), digest);
      }
    }
  }

  /** By its UTF-16 units, since not all that JSON can say has a form in UTF-8. */
  static void text(char kind, String text, MessageDigest digest) {
    number(kind, text.length(), digest);
    byte[] units = new byte[2 * text.length()];
    for (int i = 0; i < text.length(); i++) {
      units[2 * i] = (byte) (text.charAt(i) >> 8);
      units[2 * i + 1] = (byte) text.charAt(i);
    }
    digest.update(units);
  }

  private static void number(char kind, int number, MessageDigest digest) {
    digest.update((byte) kind);
    digest.update((byte) (number >> 24));
    digest.update((byte) (number >> 16));
    digest.update((byte) (number >> 8));
    digest.update((byte) number);
  }
}
