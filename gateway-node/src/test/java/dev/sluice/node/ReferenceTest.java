package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the reference.conf files of all modules say about our settings is so. */
class ReferenceTest {
  /** Handed on as they are: to Akka and Kamon, by the systems and workers that they belong to. */
  private static final List<String> HANDED_ON = List.of(
      "sluice.cluster.system.akka.",
      "sluice.control.akka.",
      "sluice.worker.",
      "sluice.kamon.kamon.");

  private static final Config FILES = ConfigFactory.parseResourcesAnySyntax("reference");
  private static final Config RESOLVED = ConfigFactory.defaultReference();
  private static final String AMOUNT = "([\\d,]+(?: (?:ms|s|min|minutes?|h|B|KiB|MiB))?)";
  private static final Pattern RANGE =
      Pattern.compile("\\b" + AMOUNT + " to " + AMOUNT + "(?=[.;]| \\()");

  /** What the comment of a key says. */
  record Documented(String key, String least, String most) {}

  /** Our own keys as they stand in the files. */
  private static Map<String, ConfigValue> own() {
    Map<String, ConfigValue> own = new TreeMap<>();
    FILES.getConfig("sluice").entrySet().forEach(entry -> {
      String key = "sluice." + entry.getKey();
      if (HANDED_ON.stream().noneMatch(key::startsWith)) {
        own.put(key, entry.getValue());
      }
    });
    return own;
  }

  private static String commentOf(ConfigValue value) {
    return value.origin().comments().stream().map(String::strip).collect(Collectors.joining(" "));
  }

  @Test
  void everyKeyIsReadByOneOfTheSettings() {
    Set<String> read = new TreeSet<>();
    NodeSettings.from(recording(RESOLVED, "", read));
    assertThat(own().keySet()).isNotEmpty().isSubsetOf(read);
  }

  /** A configuration that notes the path of each value that is read from it. */
  private static Config recording(Config config, String prefix, Set<String> read) {
    return (Config) Proxy.newProxyInstance(
        Config.class.getClassLoader(),
        new Class<?>[] {Config.class},
        (proxy, method, arguments) -> {
          boolean get = method.getName().startsWith("get")
              && arguments != null
              && arguments[0] instanceof String;
          try {
            Object result = method.invoke(config, arguments);
            if (get && result instanceof Config part) {
              return recording(part, prefix + arguments[0] + ".", read);
            } else if (get) {
              read.add(prefix + arguments[0]);
            }
            return result;
          } catch (InvocationTargetException e) {
            throw e.getCause();
          }
        });
  }

  @Test
  void everyKeyIsExplainedRightAboveIt() {
    assertThat(own())
        .allSatisfy((key, value) -> assertThat(commentOf(value)).as(key).matches("\\S.*[.]"));
  }

  @Test
  void everyNumberSizeAndTimeSaysItsRange() {
    Set<String> documented =
        documented().map(Documented::key).collect(Collectors.toCollection(TreeSet::new));
    Set<String> numbers = own().entrySet().stream()
        .filter(entry -> entry.getValue().unwrapped().toString().matches("\\d+( \\w+)?"))
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
    assertThat(documented).containsExactlyInAnyOrderElementsOf(numbers);
  }

  static Stream<Documented> documented() {
    return own().entrySet().stream().flatMap(entry -> {
      Matcher range = RANGE.matcher(commentOf(entry.getValue()));
      return range.find()
          ? Stream.of(new Documented(entry.getKey(), range.group(1), range.group(2)))
          : Stream.empty();
    });
  }

  @ParameterizedTest
  @MethodSource("documented")
  void theRangeThatIsWrittenIsTheRangeThatHolds(Documented range) {
    assertThatCode(() -> load(range.key(), range.least())).doesNotThrowAnyException();
    assertThatCode(() -> load(range.key(), range.most())).doesNotThrowAnyException();
    for (String outside : List.of(next(range.least(), -1), next(range.most(), 1))) {
      assertThatIllegalArgumentException()
          .as(outside)
          .isThrownBy(() -> load(range.key(), outside))
          .withMessageContaining(range.key() + ": ")
          .withMessageContaining("(expected: ");
    }
  }

  private static NodeSettings load(String key, String value) {
    Object typed = value.matches("-?[\\d,]+") ? Long.valueOf(value.replace(",", "")) : value;
    return NodeSettings.from(RESOLVED.withValue(key, ConfigValueFactory.fromAnyRef(typed)));
  }

  /** One step above or below: a count, a byte or a millisecond. */
  private static String next(String amount, int step) {
    Config one = ConfigFactory.parseString("amount = \"" + amount.replace(",", "") + "\"");
    if (amount.endsWith("B")) {
      return one.getBytes("amount") + step + " B";
    } else if (amount.matches("[\\d,]+") && !amount.equals("0")) {
      return "" + (one.getLong("amount") + step);
    }
    Duration time = one.getDuration("amount");
    return amount.equals("0") ? "-1" : time.toMillis() + step + " ms";
  }
}
