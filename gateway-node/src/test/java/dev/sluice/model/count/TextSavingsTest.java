package dev.sluice.model.count;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TextSavingsTest {
  private static final Encoding O200K =
      Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);

  /** Words, numbers, signs, blanks in rows, line ends, other scripts. */
  private static String text(Random random, int characters) {
    String[] bits = {
      "word", "Words", "it's", "1234567", "+-*/", "   ", "\n", "\r\n\n", "\t", "日本語", "straße",
      "😀", "a", "x1y2"
    };
    StringBuilder text = new StringBuilder();
    while (text.length() < characters) {
      text.append(bits[random.nextInt(bits.length)]).append(random.nextInt(3) == 0 ? "" : " ");
    }
    return text.toString();
  }

  @Test
  void aLongTextIsCountedToTheToken() {
    for (int seed = 0; seed < 5; seed++) {
      String text = text(new Random(seed), 50_000);
      assertThat(TokenCount.most("gpt-4o", text)).isEqualTo(O200K.countTokensOrdinary(text));
    }
  }

  @Test
  void whatHasNoWordsForTooLongCountsByItsBytes() {
    String digits = "1".repeat(40_000);
    assertThat(TokenCount.most("gpt-4o", digits)).isBetween(2L * (1 << 14), 40_000L);
    String smiles = "😀".repeat(20_000);
    assertThat(TokenCount.most("gpt-4o", smiles))
        .isLessThanOrEqualTo(smiles.getBytes(StandardCharsets.UTF_8).length);
  }

  @Test
  void aTextNeverHasMoreTokensThanBytes() {
    for (int seed = 0; seed < 200; seed++) {
      String text = text(new Random(seed), 60);
      assertThat(TokenCount.most("gpt-4o", text))
          .isLessThanOrEqualTo(text.getBytes(StandardCharsets.UTF_8).length);
    }
  }
}
