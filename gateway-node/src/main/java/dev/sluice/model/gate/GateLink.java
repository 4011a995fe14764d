package dev.sluice.model.gate;

import org.jspecify.annotations.Nullable;

/** The way from a node to those who decide. Never waits; what is lost is made up for by the next state. */
interface GateLink {
  /** There is no cluster: nobody decides. */
  GateLink NONE = new GateLink() {
    @Override
    public void ask(String gate, long at, GateRule rule, Wish wish) {}

    @Override
    public void over(String gate, long at, long number) {}

    @Override
    public void spent(String gate, long at, long ageMillis, long moreTokens) {}

    @Override
    public void state(
        String gate,
        long at,
        long term,
        long removedMillis,
        @Nullable GateRule rule,
        NodeState state) {}
  };

  void ask(String gate, long at, GateRule rule, Wish wish);

  void over(String gate, long at, long number);

  void spent(String gate, long at, long ageMillis, long moreTokens);

  /**
   * @param term newest of those who decide that is known here
   * @param removedMillis how long ago a node was last seen to be gone without a word
   * @param rule null if none is known here
   */
  void state(
      String gate,
      long at,
      long term,
      long removedMillis,
      @Nullable GateRule rule,
      NodeState state);
}
