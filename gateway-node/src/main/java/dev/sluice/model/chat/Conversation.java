package dev.sluice.model.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole request for the next turn of a conversation.
 *
 * @param system instructions, in order; said before all turns
 * @param turns who said what; neighbours may be of one role
 * @param tools what the model may call
 * @param toolChoice null if nothing was said
 * @param parallelTools whether several tools may be called in one turn; null if nothing was said
 * @param format what the answer must look like; null if it is free
 * @param reasoning how much the model shall think; null if nothing was said
 * @param choices how many answers are asked for; at least 1
 * @param stream whether the answer comes as it is made
 * @param user who the end user is, for the provider's abuse checks; null if nothing was said
 * @param beyond the fields that have no place here, each with its name as value: only the caller's own dialect has
 *     them. Fields that change nothing of the answer, such as tags, are not among them
 */
public record Conversation(
    List<Part.Text> system,
    List<Turn> turns,
    List<Tool> tools,
    @Nullable Said<ToolChoice> toolChoice,
    @Nullable Said<Boolean> parallelTools,
    Sampling sampling,
    @Nullable Said<Format> format,
    @Nullable Said<Reasoning> reasoning,
    Said<Long> choices,
    boolean stream,
    @Nullable Said<String> user,
    List<Said<String>> beyond) {
  public Conversation {
    system = List.copyOf(system);
    turns = List.copyOf(turns);
    tools = List.copyOf(tools);
    beyond = List.copyOf(beyond);
  }
}
