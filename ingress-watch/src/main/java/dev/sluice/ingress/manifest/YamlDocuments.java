package dev.sluice.ingress.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sluice.ingress.DeclaredAt;
import dev.sluice.ingress.Problem;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.composer.Composer;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.exceptions.ComposerException;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.parser.Parser;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/**
 * Reads the documents of a YAML or JSON file, each by itself: one that can't be read leaves the others as they are.
 * Remembers the line of every field.
 */
final class YamlDocuments {
  record Document(JsonNode root, DeclaredAt at) {}

  private static final int MAX_ALIASES = 64;
  private static final int MAX_DEPTH = 64;
  private static final int MAX_NODES = 500_000;
  private static final int MAX_NUMBER_CHARS = 64;
  private static final String TOO_DEEP = "nested more than " + MAX_DEPTH + " deep";

  private final String file;
  private final int maxChars;
  private int nodes;
  private final List<Document> documents = new ArrayList<>();
  private final List<Problem> problems = new ArrayList<>();

  private YamlDocuments(String file, int maxChars) {
    this.file = file;
    this.maxChars = maxChars;
  }

  static YamlDocuments read(String file, String text) {
    YamlDocuments all = new YamlDocuments(file, text.length() + 1);
    StringBuilder document = new StringBuilder();
    int firstLine = 0;
    int line = 0;
    for (String row : text.split("\n", -1)) {
      if (row.startsWith("---") && (row.length() == 3 || Character.isWhitespace(row.charAt(3)))) {
        all.readOne(document.toString(), firstLine);
        document.setLength(0);
        firstLine = line;
        document.append("   ").append(row, 3, row.length());
      } else {
        document.append(row);
      }
      document.append('\n');
      line++;
    }
    all.readOne(document.toString(), firstLine);
    return all;
  }

  List<Document> documents() {
    return documents;
  }

  List<Problem> problems() {
    return problems;
  }

  private void readOne(String text, int firstLine) {
    if (text.lines().allMatch(row -> row.isBlank() || row.startsWith("#") || row.startsWith("%"))) {
      return;
    }
    int nodesBefore = nodes;
    LoadSettings settings = LoadSettings.builder()
        .setLabel(file)
        .setSchema(new CoreSchema())
        .setAllowDuplicateKeys(false)
        .setMaxAliasesForCollections(MAX_ALIASES)
        .setCodePointLimit(maxChars)
        .build();
    try {
      Parser events = new ParserImpl(settings, new StreamReader(settings, text));
      Node root =
          new Composer(settings, new ShallowParser(events)).getSingleNode().orElse(null);
      if (root == null) {
        return;
      }
      Map<String, Integer> lines = new TreeMap<>();
      JsonNode tree = convert(root, "", firstLine, lines, 0);
      if (!tree.isNull()) {
        documents.add(new Document(tree, new DeclaredAt(file, lines)));
      }
    } catch (MarkedYamlEngineException e) {
      nodes = nodesBefore;
      int line = firstLine + 1 + e.getProblemMark().map(mark -> mark.getLine()).orElse(0);
      problems.add(unreadable(line, reason(e.getProblem())));
    } catch (YamlEngineException e) {
      nodes = nodesBefore;
      problems.add(unreadable(firstLine + 1, reason(e.getMessage())));
    }
  }

  /** What the parser says, without the texts that it quotes: they may be a secret that lacks its quotes. */
  private static String reason(@Nullable String said) {
    if (said == null) {
      return "no YAML";
    }
    if (said.startsWith("found undefined alias")) {
      return "a reference (*) to nothing; a text that begins with * needs quotes";
    }
    if (said.startsWith("found undefined tag handle")) {
      return "an unknown tag (!); a text that begins with ! needs quotes";
    }
    return said;
  }

  private Problem unreadable(int line, String why) {
    return new Problem(
        file + ":" + line,
        "",
        "",
        "not readable as YAML: " + why,
        "YAML or JSON",
        "this document is left out");
  }

  private JsonNode convert(
      Node node, String path, int firstLine, Map<String, Integer> lines, int depth) {
    if (depth > MAX_DEPTH || ++nodes > MAX_NODES) {
      throw at(node, depth > MAX_DEPTH ? TOO_DEEP : "more than " + MAX_NODES + " values");
    }
    node.getStartMark().ifPresent(mark -> lines.putIfAbsent(path, firstLine + 1 + mark.getLine()));
    JsonNodeFactory json = JsonNodeFactory.instance;
    if (node instanceof MappingNode mapping) {
      ObjectNode object = json.objectNode();
      for (NodeTuple entry : mapping.getValue()) {
        if (!(entry.getKeyNode() instanceof ScalarNode key)) {
          throw at(entry.getKeyNode(), "a key that is no plain text");
        }
        String name = key.getValue();
        String child = path.isEmpty() ? name : path + "." + name;
        if (object.has(name)) {
          throw at(key, "the key " + name + " stands twice");
        }
        key.getStartMark().ifPresent(mark -> lines.put(child, firstLine + 1 + mark.getLine()));
        object.set(name, convert(entry.getValueNode(), child, firstLine, lines, depth + 1));
      }
      return object;
    }
    if (node instanceof SequenceNode sequence) {
      var array = json.arrayNode();
      int i = 0;
      for (Node item : sequence.getValue()) {
        array.add(convert(item, path + "[" + i++ + "]", firstLine, lines, depth + 1));
      }
      return array;
    }
    return scalar((ScalarNode) node);
  }

  private static JsonNode scalar(ScalarNode node) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    String text = node.getValue();
    Tag tag = node.getTag();
    if (tag.equals(Tag.NULL)) {
      return json.nullNode();
    }
    if (tag.equals(Tag.BOOL)) {
      return json.booleanNode(text.equalsIgnoreCase("true"));
    }
    if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
      return number(text);
    }
    return json.textNode(text);
  }

  /** What has no value, or so many digits that nobody means them, stays a text. */
  private static JsonNode number(String text) {
    JsonNodeFactory json = JsonNodeFactory.instance;
    try {
      if (text.length() <= MAX_NUMBER_CHARS) {
        return text.startsWith("0x")
            ? json.numberNode(new BigInteger(text.substring(2), 16))
            : text.startsWith("0o")
                ? json.numberNode(new BigInteger(text.substring(2), 8))
                : json.numberNode(new BigDecimal(text));
      }
    } catch (NumberFormatException e) {
      // such as .nan and .inf
    }
    return json.textNode(text);
  }

  private static YamlEngineException at(Node node, String problem) {
    return new ComposerException(problem, node.getStartMark());
  }

  /** Ends a document that is nested too deep before the composer, which calls itself, runs out of stack. */
  private static final class ShallowParser implements Parser {
    private final Parser events;
    private int depth;

    ShallowParser(Parser events) {
      this.events = events;
    }

    @Override
    public boolean checkEvent(Event.ID choice) {
      return events.checkEvent(choice);
    }

    @Override
    public Event peekEvent() {
      return events.peekEvent();
    }

    @Override
    public boolean hasNext() {
      return events.hasNext();
    }

    @Override
    public Event next() {
      Event event = events.next();
      switch (event.getEventId()) {
        case MappingStart, SequenceStart -> depth++;
        case MappingEnd, SequenceEnd -> depth--;
        default -> {}
      }
      if (depth > MAX_DEPTH + 1) {
        throw new ComposerException(TOO_DEEP, event.getStartMark());
      }
      return event;
    }
  }
}
