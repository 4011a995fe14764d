package dev.sluice.model.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Two requests have one key if they are the same but for white space, the order of fields and escapes; else they have two. */
class AnswerKeyTest {
  private static final List<String> SAID = List.of("tenant", "route", "model");

  private static AnswerKey key(String json) {
    return Objects.requireNonNull(AnswerKey.of(SAID, json.getBytes(StandardCharsets.UTF_8)), json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":1,\"b\":[2,{\"c\":3,\"d\":4}]} | { \"b\" : [ 2 , {\"d\":4,\"c\":3} ] , \"a\" : 1 }",
        "{\"a\":\"\\u0041/\\n\"} | {\"\\u0061\":\"A\\/\\u000a\"}",
        "[true,false,null] | [ true,\tfalse,null ]",
        "\"\\ud83d\\ude00\" | \"😀\"",
      })
  void spellingDoesNotMatter(String one, String other) {
    assertThat(key(other)).isEqualTo(key(one));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[1,2] | [2,1]",
        "[1] | [\"1\"]",
        "[1] | [1.0]",
        "[1e1] | [1E1]",
        "[0] | [-0]",
        "[true] | [\"true\"]",
        "[null] | [\"null\"]",
        "[] | {}",
        "[[]] | [{}]",
        "{} | {\"a\":null}",
        "{\"a\":{\"b\":1}} | {\"a\":{},\"b\":1}",
        "{\"ab\":\"c\"} | {\"a\":\"bc\"}",
        "[\"a\",\"b\"] | [\"ab\"]",
        "[[1],2] | [[1,2]]",
        "{\"a\":1,\"a\":2} | {\"a\":2,\"a\":1}",
        "{\"a\":1,\"a\":2} | {\"a\":2}",
        "{\"a\":\"x \"} | {\"a\":\"x\"}",
        "[\"\\ud800\"] | [\"?\"]",
        "[\"\\ud800\"] | [\"\\udfff\"]",
        "[\"é\"] | [\"e\\u0301\"]",
        "[10000000000000000000000] | [10000000000000000000001]",
        "[0.1] | [0.10]",
      })
  void allElseDoes(String one, String other) {
    assertThat(key(other)).isNotEqualTo(key(one));
  }

  @Test
  void whoAsksAndWhereMatters() {
    byte[] body = "{}".getBytes(StandardCharsets.UTF_8);
    List<List<String>> all =
        List.of(List.of("a", "b"), List.of("ab", ""), List.of("ab"), List.of("b", "a"), List.of());
    assertThat(all.stream().map(said -> AnswerKey.of(said, body)).distinct()).hasSize(all.size());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "{\"a\":1}x",
        "{} {}",
        "{'a':1}",
        "[1,]",
        "NaN",
        "--x\r\nContent-Disposition: form-data"
      })
  void whatIsNoJsonHasNone(String body) {
    assertThat(AnswerKey.of(SAID, body.getBytes(StandardCharsets.UTF_8))).isNull();
  }

  @Test
  void depthHasABound() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    assertThat(AnswerKey.of(SAID, deep.getBytes(StandardCharsets.UTF_8))).isNull();
  }

  /** Random documents: other spellings of one have its key, and no two that differ have one. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void holdsForRandomDocuments(long seed) {
    Random random = new Random(seed);
    Map<AnswerKey, Object> known = new HashMap<>();
    for (int round = 0; round < 500; round++) {
      Object document = document(random, 4);
      AnswerKey key = key(spelled(document, random));
      assertThat(key(spelled(document, random))).isEqualTo(key);
      Object before = known.putIfAbsent(key, document);
      if (before != null) {
        assertThat(document).as("two documents with one key").isEqualTo(before);
      }
      Object changed = changed(document, random);
      assertThat(key(spelled(changed, random)))
          .as("%s and %s", document, changed)
          .isNotEqualTo(key);
    }
  }

  /** Maps, lists, texts in quotes, and numbers and words as they are written. */
  private static Object document(Random random, int depth) {
    int kind = random.nextInt(depth == 0 ? 3 : 6);
    if (kind == 0) {
      return List.of("0", "1", "1.0", "-7", "1e9", "true", "false", "null").get(random.nextInt(8));
    }
    if (kind <= 2) {
      return '"' + text(random) + '"';
    }
    int size = random.nextInt(4);
    if (kind == 3) {
      List<Object> items = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        items.add(document(random, depth - 1));
      }
      return items;
    }
    Map<String, Object> members = new TreeMap<>();
    for (int i = 0; i < size; i++) {
      members.put(text(random), document(random, depth - 1));
    }
    return members;
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append("abc {}[]:,0é".charAt(random.nextInt(12)));
    }
    return text.toString();
  }

  private static Object changed(Object document, Random random) {
    if (document instanceof List<?> items) {
      List<Object> more = new ArrayList<>(items);
      if (!more.isEmpty() && random.nextBoolean()) {
        int at = random.nextInt(more.size());
        more.set(at, changed(more.get(at), random));
      } else {
        more.add(random.nextInt(more.size() + 1), "0.5");
      }
      return more;
    }
    if (document instanceof Map<?, ?> members) {
      Map<String, Object> more = new TreeMap<>();
      members.forEach((name, value) -> more.put((String) name, value));
      if (!more.isEmpty() && random.nextBoolean()) {
        String name = new ArrayList<>(more.keySet()).get(random.nextInt(more.size()));
        more.put(name, changed(Objects.requireNonNull(more.get(name)), random));
      } else {
        more.put("new-field", "null");
      }
      return more;
    }
    String scalar = (String) document;
    return scalar.startsWith("\"")
        ? scalar.substring(0, scalar.length() - 1) + "z\""
        : '"' + scalar + '"';
  }

  private static String spelled(Object document, Random random) {
    String blank = " \n\t".substring(0, random.nextInt(4));
    if (document instanceof List<?> items) {
      List<String> all = new ArrayList<>();
      items.forEach(one -> all.add(spelled(one, random)));
      return blank + "[" + blank + String.join(blank + ",", all) + "]" + blank;
    }
    if (document instanceof Map<?, ?> members) {
      List<String> all = new ArrayList<>();
      members.forEach((name, value) ->
          all.add(escaped("\"" + name + "\"", random) + blank + ":" + spelled(value, random)));
      Collections.shuffle(all, random);
      return "{" + blank + String.join("," + blank, all) + "}" + blank;
    }
    return blank + escaped((String) document, random) + blank;
  }

  private static String escaped(String scalar, Random random) {
    return scalar.startsWith("\"") && random.nextBoolean()
        ? scalar.replace("a", "\\u0061").replace("é", "\\u00E9")
        : scalar;
  }
}
