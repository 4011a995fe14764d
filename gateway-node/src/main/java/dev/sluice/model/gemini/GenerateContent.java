package dev.sluice.model.gemini;

import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.AnswerTerms;
import dev.sluice.model.chat.AnswerWriter;
import dev.sluice.model.chat.CallerDialect;
import dev.sluice.model.chat.InputTap;
import dev.sluice.model.chat.JsonBody;
import dev.sluice.model.chat.Question;
import dev.sluice.model.chat.QuestionRead;
import dev.sluice.model.chat.TokenUsage;
import dev.sluice.model.chat.UnsayableException;

/**
 * {@code POST /v1beta/models/M:generateContent} and {@code :streamGenerateContent}, as callers speak it, under any version and
 * also with Vertex's longer path. A stream is a list of answers, or events where the query has {@code alt=sse}. The methods
 * {@code countTokens}, {@code embedContent} and {@code batchEmbedContents} are read too, for providers that have them.
 */
public final class GenerateContent implements CallerDialect {
  @Override
  public QuestionRead read(String path, String contentType, byte[] body) {
    int mark = path.indexOf('?');
    String query = mark < 0 ? "" : path.substring(mark + 1);
    try {
      GeminiPath asked = GeminiPath.of(mark < 0 ? path : path.substring(0, mark));
      if (OtherQuestion.has(asked.method())) {
        return new QuestionRead.Good(OtherQuestion.read(asked, JsonBody.read(body)));
      }
      return GeminiQuestion.has(asked.method())
          ? new QuestionRead.Good(
              GeminiQuestion.read(asked, asksForEvents(query), JsonBody.read(body)))
          : new QuestionRead.Bad("method", "there is no method " + asked.method() + " here");
    } catch (UnsayableException e) {
      return new QuestionRead.Bad(e.field(), e.why());
    }
  }

  private static boolean asksForEvents(String query) {
    for (String pair : query.split("&", -1)) {
      if (pair.equals("alt=sse") || pair.equals("$alt=sse") || pair.equals("%24alt=sse")) {
        return true;
      }
    }
    return false;
  }

  @Override
  public AnswerWriter stream(Question question, AnswerTerms terms) {
    return new GeminiStreamWriter(terms, isSse(question), showsThoughts(question));
  }

  @Override
  public AnswerWriter document(Question question, AnswerTerms terms) {
    return new GeminiDocumentWriter(terms, showsThoughts(question));
  }

  @Override
  public AnswerTap tap(Question question, boolean stream) {
    return question instanceof OtherQuestion other
        ? new InputTap("usageMetadata", "promptTokenCount", other.counts() ? TokenUsage.NONE : null)
        : new GeminiTap(stream, stream && isSse(question));
  }

  private static boolean isSse(Question question) {
    return question instanceof GeminiQuestion gemini && gemini.sse();
  }

  private static boolean showsThoughts(Question question) {
    return question instanceof GeminiQuestion gemini && gemini.showsThoughts();
  }
}
