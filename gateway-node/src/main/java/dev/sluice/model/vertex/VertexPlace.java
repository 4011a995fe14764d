package dev.sluice.model.vertex;

import java.util.regex.Pattern;

/**
 * Where models of a project are served.
 *
 * @param project id or number
 * @param location such as {@code europe-west4}; {@code global}, or the multi-regions {@code us} and {@code eu}
 */
public record VertexPlace(String project, String location) {
  private static final Pattern PROJECT = Pattern.compile("[a-z0-9][a-z0-9.:-]{0,100}");
  private static final Pattern LOCATION = Pattern.compile("[a-z][a-z0-9-]{0,40}");

  public VertexPlace {
    if (!PROJECT.matcher(project).matches()) {
      throw new IllegalArgumentException(
          "project: " + project + " (expected: a project's id or number)");
    }
    if (!LOCATION.matcher(location).matches()) {
      throw new IllegalArgumentException(
          "location: " + location + " (expected: global, or a region such as europe-west4)");
    }
  }

  public String host() {
    return switch (location) {
      case "global" -> "aiplatform.googleapis.com";
      case "us", "eu" -> "aiplatform." + location + ".rep.googleapis.com";
      default -> location + "-aiplatform.googleapis.com";
    };
  }

  /**
   * What the paths of a publisher's models stand behind.
   *
   * @param publisher {@code google} or {@code anthropic}
   */
  public String baseUrl(String publisher) {
    return "https://" + host() + path(publisher);
  }

  /** The path of {@link #baseUrl}. */
  public String path(String publisher) {
    return "/v1/projects/" + project + "/locations/" + location + "/publishers/" + publisher;
  }
}
