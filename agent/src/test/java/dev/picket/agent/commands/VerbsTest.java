package dev.picket.agent.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.journal.Verdicts;
import dev.picket.agent.state.Feedback;
import dev.picket.agent.state.Limits;
import dev.picket.agent.state.State;
import dev.picket.agent.uplink.Configs;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What feedback, pause and resume answer and keep. */
class VerbsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Instant NOW = Instant.parse("2026-11-21T12:00:00Z");
    private static final Clock CLOCK = Clock.fixed(NOW, ZoneOffset.UTC);

    @TempDir
    Path folder;

    private State state;
    private Journal journal;

    @BeforeEach
    void open() throws Exception {
        state = State.open(folder.resolve("state.db"), 4 << 20, Limits.of(10));
        journal = Journal.open(folder.resolve("journal.db"), Configs.JOURNAL, CLOCK);
    }

    @AfterEach
    void close() {
        journal.close();
        state.close();
    }

    private static JsonNode answer(CommandHandler handler, String params, int status) throws IOException {
        Request request = new Request(handler.verb(), (ObjectNode) JSON.readTree(params), new byte[0], null);
        Reply reply = ((Answer.Now) handler.answer(request)).reply();
        JsonNode body = JSON.readTree(reply.payload());
        assertThat(reply.status()).as(body.toString()).isEqualTo(status);
        return body;
    }

    private String feedback(String id, String label) {
        return "{\"id\":\"%s\",\"label\":\"%s\",\"author\":\"ada\"}".formatted(id, label);
    }

    @Test
    void feedbackIsKeptForAVerdictThatIsHeldUnderOneOfItsLabels() throws Exception {
        journal.append(List.of(Verdicts.routine("r-1")), Map.of());
        PendingVerdict held = journal.latest(1).getFirst();
        String label = held.verdict().labels().getLast();
        CommandHandler verb = new FeedbackCommand(journal, state.feedback(), CLOCK);

        answer(verb, feedback(held.id(), label), 200);
        answer(verb, feedback(held.id(), label), 200);
        assertThat(state.feedback().list(10)).containsExactly(new Feedback(held.id(), label, "ada", NOW));

        assertThat(answer(verb, feedback(held.id(), "no-such-label"), 400)
                        .path("error")
                        .asText())
                .contains(label);
        answer(verb, feedback(held.epoch() + "-" + held.priority().wireName() + "-99", label), 410);
        answer(verb, feedback("otherepoch-" + held.priority().wireName() + "-1", label), 404);
        answer(verb, feedback("nonsense", label), 400);
        answer(verb, "{\"id\":\"" + held.id() + "\",\"label\":\"" + label + "\"}", 400);
        assertThat(state.feedback().count()).isEqualTo(1);
    }

    @Test
    void aPauseHoldsItsSourcesAcrossARestartUntilTheyAreResumed() throws Exception {
        List<String> sources = List.of("a", "b", "c");
        Pauses pauses = Pauses.open(state, sources);
        CommandHandler pause = Pause.verbs(pauses, CLOCK).getFirst();
        assertThat(pauses.any()).isFalse();

        answer(pause, "{\"sources\":[\"a\"],\"reason\":\"shift\"}", 200);
        assertThat(Pauses.open(state, sources).hold("a")).isEqualTo("judging is paused by the console (shift)");
        assertThat(pauses.hold("b")).isEmpty();
        assertThat(pauses.any()).isTrue();

        answer(pause, "{}", 200);
        Pauses after = Pauses.open(state, List.of("a", "b", "c", "new"));
        assertThat(List.of("a", "b", "c", "new"))
                .noneMatch(each -> after.hold(each).isEmpty());

        CommandHandler resume = Pause.verbs(pauses, CLOCK).getLast();
        JsonNode body = answer(resume, "{\"sources\":[\"b\"]}", 200);
        assertThat(body.path("all").asBoolean()).isFalse();
        assertThat(body.path("paused")).hasToString("[\"a\",\"c\"]");
        assertThat(Pauses.open(state, sources).hold("b")).isEmpty();
        answer(resume, "{}", 200);
        answer(resume, "{}", 200);
        assertThat(Pauses.open(state, sources).any()).isFalse();
    }

    @Test
    void aPauseOfWhatIsNotThereChangesNothing() throws Exception {
        Pauses pauses = Pauses.open(state, List.of("a"));
        CommandHandler pause = Pause.verbs(pauses, CLOCK).getFirst();
        assertThat(answer(pause, "{\"sources\":[\"b\"]}", 404).path("error").asText())
                .contains("[b]", "[a]");
        answer(pause, "{\"sources\":[]}", 400);
        answer(pause, "{\"source\":[\"a\"]}", 400);
        answer(pause, "{\"sources\":\"a\"}", 400);
        assertThat(pauses.any()).isFalse();
        assertThat(state.pauses().all()).isEmpty();
    }
}
