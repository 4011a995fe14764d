package dev.sluice.model.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.model.chat.AnswerTap;
import dev.sluice.model.chat.Json;
import dev.sluice.model.chat.TokenUsage;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The usage that OpenAI and those that speak like it report, and the counters it comes to. */
class UsageTableTest {
  private static @Nullable TokenUsage counters(String counters) {
    if (counters.equals("none")) {
      return null;
    }
    String[] all = counters.split(" ", -1);
    return new TokenUsage(
        Long.parseLong(all[0]),
        Long.parseLong(all[1]),
        Long.parseLong(all[2]),
        Long.parseLong(all[3]),
        Long.parseLong(all[4]));
  }

  /** Fresh input, read from the cache, written to it, spoken, thought. */
  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      OpenAI, plain          | {'prompt_tokens':19,'completion_tokens':10,'total_tokens':29} | 19 0 0 10 0
      OpenAI, all details    | {'prompt_tokens':2006,'completion_tokens':300,'total_tokens':2306,'prompt_tokens_details':{'cached_tokens':1920,'audio_tokens':0},'completion_tokens_details':{'reasoning_tokens':128,'audio_tokens':0,'accepted_prediction_tokens':0,'rejected_prediction_tokens':0}} | 86 1920 0 172 128
      OpenAI, cache written  | {'prompt_tokens':3000,'completion_tokens':5,'total_tokens':3005,'prompt_tokens_details':{'cached_tokens':1000,'cache_write_tokens':1500,'text_tokens':3000}} | 500 1000 1500 5 0
      OpenAI, rejected prediction | {'prompt_tokens':100,'completion_tokens':80,'total_tokens':180,'completion_tokens_details':{'accepted_prediction_tokens':20,'rejected_prediction_tokens':30,'reasoning_tokens':0}} | 100 0 0 80 0
      OpenAI, audio          | {'prompt_tokens':50,'completion_tokens':60,'total_tokens':110,'prompt_tokens_details':{'audio_tokens':40,'text_tokens':10},'completion_tokens_details':{'audio_tokens':45,'text_tokens':15}} | 50 0 0 60 0
      OpenAI, nulls          | {'prompt_tokens':9,'completion_tokens':4,'total_tokens':13,'prompt_tokens_details':null,'completion_tokens_details':null} | 9 0 0 4 0
      OpenAI, only thought   | {'prompt_tokens':9,'completion_tokens':64,'total_tokens':73,'completion_tokens_details':{'reasoning_tokens':64}} | 9 0 0 0 64
      OpenAI, embeddings     | {'prompt_tokens':8,'total_tokens':8} | 8 0 0 0 0
      OpenAI, images         | {'input_tokens':50,'output_tokens':4160,'total_tokens':4210,'input_tokens_details':{'text_tokens':10,'image_tokens':40}} | 50 0 0 4160 0
      OpenAI, transcription  | {'type':'tokens','input_tokens':14,'input_token_details':{'text_tokens':0,'audio_tokens':14},'output_tokens':45,'total_tokens':59} | 14 0 0 45 0
      OpenAI, by duration    | {'type':'duration','seconds':27} | none
      Responses              | {'input_tokens':328,'input_tokens_details':{'cached_tokens':300,'cache_write_tokens':20},'output_tokens':52,'output_tokens_details':{'reasoning_tokens':32},'total_tokens':380} | 8 300 20 20 32
      Azure                  | {'completion_tokens':33,'prompt_tokens':557,'total_tokens':590,'completion_tokens_details':{'accepted_prediction_tokens':0,'audio_tokens':0,'reasoning_tokens':0,'rejected_prediction_tokens':0},'prompt_tokens_details':{'audio_tokens':0,'cached_tokens':512}} | 45 512 0 33 0
      DeepSeek               | {'prompt_tokens':1200,'completion_tokens':90,'total_tokens':1290,'prompt_cache_hit_tokens':1152,'prompt_cache_miss_tokens':48,'prompt_tokens_details':{'cached_tokens':1152},'completion_tokens_details':{'reasoning_tokens':70}} | 48 1152 0 20 70
      DeepSeek, no details   | {'prompt_tokens':1200,'completion_tokens':90,'total_tokens':1290,'prompt_cache_hit_tokens':64,'prompt_cache_miss_tokens':1136} | 1136 64 0 90 0
      xAI, thoughts beside   | {'prompt_tokens':32,'completion_tokens':9,'total_tokens':135,'prompt_tokens_details':{'text_tokens':32,'cached_tokens':6},'completion_tokens_details':{'reasoning_tokens':94}} | 26 6 0 9 94
      Gemini, thoughts beside | {'prompt_tokens':10,'completion_tokens':20,'total_tokens':130} | 10 0 0 20 100
      Groq                   | {'queue_time':0.01,'prompt_tokens':18,'prompt_time':0.002,'completion_tokens':556,'completion_time':0.46,'total_tokens':574,'total_time':0.463} | 18 0 0 556 0
      Mistral                | {'prompt_tokens':16,'total_tokens':50,'completion_tokens':34} | 16 0 0 34 0
      Moonshot               | {'prompt_tokens':19,'completion_tokens':21,'total_tokens':40,'cached_tokens':10} | 9 10 0 21 0
      OpenRouter             | {'prompt_tokens':10339,'completion_tokens':60,'total_tokens':10399,'cost':0.01,'cost_details':{'upstream_inference_cost':null},'prompt_tokens_details':{'cached_tokens':10318,'cache_write_tokens':0},'completion_tokens_details':{'reasoning_tokens':0}} | 21 10318 0 60 0
      LiteLLM before Claude  | {'prompt_tokens':2000,'completion_tokens':10,'total_tokens':2010,'cache_creation_input_tokens':1500,'cache_read_input_tokens':400,'prompt_tokens_details':{'cached_tokens':400,'cache_creation_tokens':1500}} | 100 400 1500 10 0
      Perplexity             | {'prompt_tokens':14,'completion_tokens':80,'total_tokens':94,'search_context_size':'low','citation_tokens':0,'num_search_queries':1} | 14 0 0 80 0
      vLLM                   | {'prompt_tokens':7,'total_tokens':15,'completion_tokens':8,'prompt_tokens_details':null} | 7 0 0 8 0
      Jina, ranks            | {'total_tokens':815} | 815 0 0 0 0
      nothing used           | {'prompt_tokens':0,'completion_tokens':0,'total_tokens':0} | 0 0 0 0 0
      more cached than there | {'prompt_tokens':10,'completion_tokens':1,'total_tokens':11,'prompt_tokens_details':{'cached_tokens':50}} | 0 10 0 1 0
      more thought than said | {'prompt_tokens':10,'completion_tokens':5,'total_tokens':15,'completion_tokens_details':{'reasoning_tokens':9}} | 10 0 0 0 5
      negative               | {'prompt_tokens':-5,'completion_tokens':-1} | 0 0 0 0 0
      no figures             | {} | none
      """)
  void figuresBecomeCounters(String who, String json, String expected) {
    byte[] figures = Spoken.json(json);
    assertThat(Usage.in(Json.tree(figures))).isEqualTo(counters(expected));
    byte[] document = Spoken.json("{'id':'x','usage':" + json + ",'data':[{'usage':{}}]}");
    JsonUsage tap = new JsonUsage();
    Spoken.passed(tap, document, new Random(1));
    assertThat(tap.usage()).as("in a document that passes").isEqualTo(counters(expected));
  }

  @ParameterizedTest
  @CsvSource(delimiter = '|', quoteCharacter = '~', textBlock = """
      Cohere | {'results':[{'index':0,'relevance_score':0.9}],'meta':{'api_version':{'version':'2'},'billed_units':{'search_units':1}}}  | none
      Cohere | {'results':[],'meta':{'tokens':{'input_tokens':40,'output_tokens':0},'billed_units':{'search_units':1}}}                   | 40 0 0 0 0
      Cohere | {'meta':{'billed_units':{'input_tokens':41,'search_units':1}},'results':[{'document':{'usage':{'total_tokens':9}}}]}        | 41 0 0 0 0
      Jina   | {'model':'j','usage':{'total_tokens':815,'prompt_tokens':815},'results':[{'index':0,'document':{'text':'a'}}]}              | 815 0 0 0 0
      vLLM   | {'id':'r','model':'v','usage':{'total_tokens':56},'results':[]}                                                             | 56 0 0 0 0
      """)
  void ranksTellTheirsElsewhere(String who, String json, String expected) {
    AnswerTap tap = PlainCall.RERANK.tap(
        Spoken.good(PlainCall.RERANK.read(
            "", "", Spoken.json("{'model':'r','query':'q','documents':['d']}"))),
        false);
    byte[] bytes = Spoken.json(json);
    Spoken.passed(tap, bytes, new Random(3));
    assertThat(tap.usage()).isEqualTo(counters(expected));
  }

  @Test
  void whatWeWriteWeReadAsTheSame() {
    TokenUsage usage = new TokenUsage(1, 2, 3, 4, 5);
    assertThat(Usage.in(Usage.chat(usage))).isEqualTo(usage);
    assertThat(Usage.in(Usage.response(usage))).isEqualTo(usage);
  }
}
