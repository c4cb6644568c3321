package dev.picket.ota.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CanonicalJsonTest {
    @Test
    void keysAreSortedAndOnlyQuotesAndBackslashesEscaped() throws Exception {
        ObjectNode json = StrictJson.object().put("b", "\"\\é\n").put("a", 1);
        assertThat(new String(CanonicalJson.encode(json), StandardCharsets.UTF_8))
                .isEqualTo("{\"a\":1,\"b\":\"\\\"\\\\é\n\"}");
    }

    @Test
    void halfASurrogatePairIsRefusedSoThatItCannotStandForAQuestionMark() {
        for (String half : new String[] {"\uD800", "a\uDC00b"}) {
            assertThatThrownBy(() -> CanonicalJson.encode(StrictJson.object().put("a", half)))
                    .isInstanceOf(RejectedException.class)
                    .hasMessageContaining("surrogate");
        }
    }
}
