package dev.sluice.model.vertex;

/**
 * Where models of a project are served.
 *
 * @param project id or number
 * @param location such as {@code europe-west4}; {@code global}, or the multi-regions {@code us} and {@code eu}
 */
public record VertexPlace(String project, String location) {
  /**
   * What the paths of a publisher's models stand behind, at a host of Vertex AI.
   *
   * @param publisher {@code google} or {@code anthropic}
   */
  public String path(String publisher) {
    return "/v1/projects/" + project + "/locations/" + location + "/publishers/" + publisher;
  }
}
