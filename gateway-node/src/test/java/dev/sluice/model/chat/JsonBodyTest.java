package dev.sluice.model.chat;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class JsonBodyTest {
  private static String with(String json, Map<String, String> set) throws UnsayableException {
    JsonBody body = JsonBody.read(json.getBytes(StandardCharsets.UTF_8));
    return new String(body.with(new TreeMap<>(set)), StandardCharsets.UTF_8);
  }

  /** Else a caller could have its cap set where nobody reads it. */
  @Test
  void aNameWithADotIsNotTakenForAFieldOfAnObject() throws UnsayableException {
    assertThat(with("{\"options\":{\"cap\":9},\"options.cap\":1}", Map.of("options.cap", "5")))
        .isEqualTo("{\"options\":{\"cap\":5},\"options.cap\":1}");
    assertThat(with("{\"options.cap\":1}", Map.of("options.cap", "5")))
        .isEqualTo("{\"options\":{\"cap\":5},\"options.cap\":1}");
  }

  @Test
  void anObjectWithoutANameIsNotTakenForTheWhole() throws UnsayableException {
    assertThat(with("{\"\":{},\"a\":1}", Map.of("cap", "5")))
        .isEqualTo("{\"cap\":5,\"\":{},\"a\":1}");
  }

  @Test
  void setsFieldsOfObjectsThatAreThereOrNotOrNull() throws UnsayableException {
    assertThat(with("{}", Map.of("o.a", "1", "o.b", "2"))).isEqualTo("{\"o\":{\"a\":1,\"b\":2}}");
    assertThat(with("{\"o\":{}}", Map.of("o.a", "1"))).isEqualTo("{\"o\":{\"a\":1}}");
    assertThat(with("{ \"o\" : null , \"x\":1}", Map.of("o.a", "1")))
        .isEqualTo("{ \"o\" : {\"a\":1} , \"x\":1}");
  }

  @Test
  void leavesFieldsOutWhereverTheyStand() throws UnsayableException {
    String json = "{ \"a\" : 1.50 , \"b\":{\"a\":2},\"c\":[1,2], \"\":0,\"a.b\":7 }";
    assertThat(without(json, Map.of(), "a"))
        .isEqualTo("{\"b\":{\"a\":2},\"c\":[1,2],\"\":0,\"a.b\":7}");
    assertThat(without(json, Map.of(), "c"))
        .isEqualTo("{\"a\" : 1.50,\"b\":{\"a\":2},\"\":0,\"a.b\":7}");
    assertThat(without(json, Map.of("x", "9"), "a", "b", "none"))
        .isEqualTo("{\"x\":9,\"c\":[1,2],\"\":0,\"a.b\":7}");
    assertThat(without("{\"a\":1}", Map.of(), "a")).isEqualTo("{}");
    assertThat(without("{\"a\":1}", Map.of("a", "2"), "b")).isEqualTo("{\"a\":2}");
  }

  private static String without(String json, Map<String, String> set, String... fields)
      throws UnsayableException {
    JsonBody body = JsonBody.read(json.getBytes(StandardCharsets.UTF_8));
    return new String(body.with(set, List.of(fields)), StandardCharsets.UTF_8);
  }
}
