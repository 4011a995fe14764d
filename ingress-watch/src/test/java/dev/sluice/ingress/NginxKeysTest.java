package dev.sluice.ingress;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class NginxKeysTest {
  private static final Path PAGE = Path.of("../docs/ingress-nginx.md");
  private static final Pattern ROW = Pattern.compile(
      "^\\| ([a-z0-9-]+) \\| (honoured|differs|ignored|refused) \\| (.*?) ?\\|$",
      Pattern.MULTILINE);
  private static final Pattern KEY = Pattern.compile("`([a-z0-9-]+\\*?)`");

  @Test
  void saysOfEachAnnotationWhatTheDocumentationSays() throws IOException {
    Map<String, String> documented = new TreeMap<>();
    Matcher rows = ROW.matcher(Files.readString(PAGE));
    while (rows.find()) {
      documented.put(rows.group(1), rows.group(2) + ": " + rows.group(3));
    }
    Map<String, String> told = new TreeMap<>();
    for (String[] columns : rowsOf("annotations.tsv")) {
      told.put(columns[0], columns[1] + ": " + (columns.length > 3 ? columns[3] : ""));
    }
    assertThat(told.keySet()).isEqualTo(documented.keySet());
    told.forEach((key, text) ->
        assertThat(text).as("annotations.tsv: " + key).isEqualTo(documented.get(key)));
  }

  @Test
  void theDocumentationCountsRight() throws IOException {
    Map<NginxKeys.Here, Integer> counts = new TreeMap<>();
    NginxKeys.annotations().forEach(entry -> counts.merge(entry.here(), 1, Integer::sum));
    String sentence = "%d honoured, %d differ, %d ignored, %d refused."
        .formatted(
            counts.get(NginxKeys.Here.HONOURED),
            counts.get(NginxKeys.Here.DIFFERS),
            counts.get(NginxKeys.Here.IGNORED),
            counts.get(NginxKeys.Here.REFUSED));
    assertThat(Files.readString(PAGE)).contains(sentence);
  }

  @Test
  void honoursTheKeysOfTheControllerThatTheDocumentationLists() throws IOException {
    String page = Files.readString(PAGE);
    int start = page.indexOf("It is read if it is there:");
    String section = page.substring(start, page.indexOf("Other keys have no effect", start));
    TreeSet<String> listed = new TreeSet<>();
    List<String> families = new ArrayList<>(List.of("hsts"));
    Matcher keys = KEY.matcher(section);
    while (keys.find()) {
      String key = keys.group(1);
      if (key.endsWith("*")) {
        families.add(key.substring(0, key.length() - 2));
      } else {
        listed.add(key);
      }
    }
    TreeSet<String> honoured = new TreeSet<>();
    for (NginxKeys.Entry entry : NginxKeys.controllerKeys()) {
      boolean served =
          entry.here() == NginxKeys.Here.HONOURED || entry.here() == NginxKeys.Here.DIFFERS;
      boolean family = families.stream().anyMatch(start1 -> entry.key().startsWith(start1 + "-"));
      if (served && !(family && !listed.contains(entry.key()))) {
        honoured.add(entry.key());
      }
    }
    listed.add(
        "proxy-request-buffering"); // a default of the annotation of that name, which differs
    assertThat(honoured).as("controller-keys.tsv").isEqualTo(listed);
  }

  @Test
  void saysWhatToDoAboutEachThatIsNotHonoured() {
    for (NginxKeys.Entry entry : NginxKeys.annotations()) {
      if (entry.here() != NginxKeys.Here.HONOURED) {
        assertThat(entry.there()).as(entry.key()).isNotEmpty();
        assertThat(entry.todo()).as(entry.key()).isNotEmpty();
      }
    }
  }

  private static List<String[]> rowsOf(String resource) throws IOException {
    try (InputStream bytes = NginxKeys.class.getResourceAsStream(resource)) {
      String text =
          new String(Objects.requireNonNull(bytes).readAllBytes(), StandardCharsets.UTF_8);
      return text.lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> line.split("\t", -1))
          .toList();
    }
  }
}
