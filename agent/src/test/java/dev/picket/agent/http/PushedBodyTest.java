package dev.picket.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.agent.journal.PushedReading;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PushedBodyTest {
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final String JSON = "application/json";
    private static final String EVENT = "application/cloudevents+json";

    @Test
    void aPlainTextIsOneReadingWithTheKeyAsItsId() throws MalformedException {
        assertThat(read(Map.of("Idempotency-Key", "k1"), "text/plain", "pump 3 stopped"))
                .containsExactly(new PushedReading("k1", NOW, "pump 3 stopped", false));
        assertThat(read(Map.of(), "text/plain", "x").getFirst().messageId()).isNull();
    }

    @Test
    void anArrayGivesEachReadingItsOwnIdTimeOrPlaceUnderTheKey() throws MalformedException {
        assertThat(read(Map.of("Idempotency-Key", "k"), JSON, """
                [{"text":"a","id":"1","time":"2026-11-21T09:00:00+01:00"},{"text":"b"}]"""))
                .containsExactly(
                        new PushedReading("1", Instant.parse("2026-11-21T08:00:00Z"), "a", false),
                        new PushedReading("k/1", NOW, "b", false));
    }

    @Test
    void aCloudEventIsNamedBySourceAndIdInEitherMode() throws MalformedException {
        PushedReading wanted = new PushedReading("/mes/line1 7", NOW, "a", false);
        assertThat(read(Map.of(), EVENT, """
                {"specversion":"1.0","id":"7","source":"/mes/line1","type":"t","data":{"text":"a"}}""")).containsExactly(wanted);
        Map<String, String> headers =
                Map.of("ce-specversion", "1.0", "ce-id", "7", "ce-source", "/mes/line1", "ce-type", "t");
        assertThat(read(headers, "text/plain", "a")).containsExactly(wanted);
    }

    @Test
    void aLongTextIsCutBetweenCharactersAndMarked() throws MalformedException {
        assertThat(read(Map.of(), "text/plain", "0123456789012345678901234567890é"))
                .containsExactly(new PushedReading(null, NOW, "0123456789012345678901234567890", true));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "application/xml | <a/> | 415 | is not known",
                "application/json | {\"text\":7} | 400 | an object with a 'text'",
                "application/json | [] | 400 | the array has 0 readings",
                "application/json | {\"text | 400 | the body is no JSON",
                "application/json | {\"text\":\"a\",\"id\":\"\"} | 400 | an id has 1 to 512",
                "application/json | {\"text\":\"a\",\"time\":\"noon\"} | 400 | the time 'noon' is not like",
                "application/json | {\"text\":\"a\",\"time\":\"0001-01-01T00:00:00Z\"} | 400 | after 1970 and before 2200",
                "application/cloudevents+json | {\"id\":\"7\"} | 400 | specversion (1.0), id, source and type",
            })
    void whatIsNotAsItShouldBeIsRefusedWithASentence(String type, String body, int status, String sentence) {
        assertThatThrownBy(() -> read(Map.of(), type, body))
                .isInstanceOfSatisfying(
                        MalformedException.class, e -> assertThat(e.status()).isEqualTo(status))
                .hasMessageContaining(sentence);
    }

    @Property(tries = 500)
    void noBytesDoMoreThanBeRefused(@ForAll byte[] body) {
        for (String type : List.of("text/plain", JSON, EVENT)) {
            try {
                for (PushedReading reading : body(Map.of()).readings(type, body)) {
                    assertThat(reading.text().getBytes(StandardCharsets.UTF_8).length)
                            .isLessThanOrEqualTo(32);
                }
            } catch (MalformedException e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    private static List<PushedReading> read(Map<String, String> headers, String type, String body)
            throws MalformedException {
        return body(headers).readings(type, body.getBytes(StandardCharsets.UTF_8));
    }

    private static PushedBody body(Map<String, String> headers) {
        Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        return new PushedBody(anyCase::get, 32, NOW);
    }
}
