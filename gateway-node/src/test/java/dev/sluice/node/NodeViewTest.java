package dev.sluice.node;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NodeViewTest {
  @Test
  void whatTheDatabaseHasLostIsAProblem() {
    assertThat(NodeView.ofDatabase(null, 0)).isEmpty();
    assertThat(NodeView.ofDatabase("it stands at 3, after 5", 2))
        .extracting(NodeView.Shown::problem)
        .satisfiesExactly(
            one -> assertThat(one).isEqualTo("it stands at 3, after 5"),
            one -> assertThat(one).contains("did not know 2 leases", "older backup"));
  }
}
