package dev.sluice.chaos.check;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A fixed table of callers × providers × cases. No cell may be missing, and each passes or is known not to be sayable: then it is
 * refused, in the words that are known.
 */
public final class CellTable {
  public static final List<String> CASES =
      List.of("chat", "stream", "tools_over_two_turns", "structured_output", "image", "error");

  /**
   * What a caller tells of one case, as {@code cell, caller, out, case, passed or failed, why}, split by tabs.
   *
   * @param why words of the failure; empty if it passed
   */
  public record Cell(String caller, String out, String kase, boolean passed, String why) {
    private static final int FIELDS = 6;

    public static boolean isOne(String line) {
      return line.startsWith("cell\t");
    }

    public static Cell of(String line) {
      String[] fields = line.split("\t", FIELDS);
      return new Cell(
          fields[1], fields[2], fields[3], fields[4].equals("passed"), fields[FIELDS - 1]);
    }
  }

  private record Place(String caller, String out, String kase) {}

  /** Words of the refusal. */
  private final Map<Place, String> notSayable = new LinkedHashMap<>();

  private final Map<Place, String> told = new LinkedHashMap<>();

  /** @param notSayable a file of lines: caller, out, case, words of the refusal, why, split by tabs */
  public CellTable(Path notSayable) throws IOException {
    for (String line : Files.readAllLines(notSayable)) {
      if (!line.startsWith("#") && !line.isBlank()) {
        String[] fields = line.split("\t", -1);
        this.notSayable.put(new Place(fields[0], fields[1], fields[2]), fields[3]);
      }
    }
  }

  /**
   * Takes in all that a caller told, and tells what of it is not as it must be.
   *
   * @param outs the providers that it had to ask, each for every case
   */
  public List<String> wrong(String caller, List<String> outs, List<Cell> cells) {
    List<String> wrong = new ArrayList<>();
    Map<Place, Cell> byPlace = new LinkedHashMap<>();
    cells.forEach(cell -> byPlace.put(new Place(cell.caller(), cell.out(), cell.kase()), cell));
    for (String out : outs) {
      for (String kase : CASES) {
        Place place = new Place(caller, out, kase);
        Cell cell = byPlace.remove(place);
        String failure = cell == null ? "was not tried" : failure(place, cell);
        if (!failure.isEmpty()) {
          wrong.add(caller + " -> " + out + ": " + kase + ": " + failure);
        }
        told.put(place, failure.isEmpty() ? notSayable.containsKey(place) ? "-" : "ok" : "FAILED");
      }
    }
    byPlace.keySet().forEach(place -> wrong.add(place + ": no cell of the table"));
    return wrong;
  }

  private String failure(Place place, Cell cell) {
    String words = notSayable.get(place);
    if (words == null) {
      return cell.passed() ? "" : cell.why();
    }
    return cell.passed()
        ? "can be said, but stands in the list of what can't"
        : cell.why().contains(words)
            ? ""
            : "expected the refusal: " + words + "; was: " + cell.why();
  }

  /** A line for each caller and provider, and what is not sayable with its words. */
  public String printed() {
    StringBuilder printed = new StringBuilder("%n%-28s%-20s".formatted("caller", "provider"));
    CASES.forEach(kase -> printed.append("%-22s".formatted(kase)));
    String before = "";
    for (Place place : told.keySet()) {
      String row = "%-28s%-20s".formatted(place.caller(), place.out());
      if (!row.equals(before)) {
        printed.append("%n".formatted()).append(row);
        before = row;
      }
      printed.append("%-22s".formatted(told.get(place)));
    }
    printed.append("%n%n- is not sayable:%n".formatted());
    notSayable.forEach((place, words) -> printed.append(
        "  %s -> %s: %s: %s%n".formatted(place.caller(), place.out(), place.kase(), words)));
    long passed = told.values().stream().filter("ok"::equals).count();
    return printed
        .append("%d cells: %d passed, %d not sayable, %d failed%n"
            .formatted(
                told.size(),
                passed,
                told.values().stream().filter("-"::equals).count(),
                told.values().stream().filter("FAILED"::equals).count()))
        .toString();
  }
}
