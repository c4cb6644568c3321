package dev.picket.agent.uplink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.picket.agent.journal.PendingVerdict;
import dev.picket.agent.journal.Verdict;
import dev.picket.inference.Decision;
import dev.picket.inference.Stage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes the event of one verdict: CloudEvents 1.0 in MQTT 5 binary mode. It expires at the broker when its row does.
 *
 * <pre>
 *   topic            verdict/{source}, or escalation/{source} for ESCALATE and FAILED
 *   user properties  specversion id source type time subject, and the extensions epoch priority seq historical
 *   payload          {"task","decision","label","confidence","base","taskDigest","cut","latencyMicros"
 *                     [,"stage":"first"] [,"cached":true] [,"probabilities":{label:p}] for escalations [,"text"] where the source's texts may leave}
 * </pre>
 *
 * Without the source's leave nothing of the text goes in: neither the text nor what is copied from it. The reading's id is
 * a position or the sender's own message id, not a part of the text.
 */
public final class EventEncoder {
    private static final JsonFactory JSON = new JsonFactory();
    private static final long LONGEST_EXPIRY_SECONDS = 0xFFFF_FFFFL;
    private static final int MAX_SUBJECT_CHARS = 1_024;

    private record SourceTopics(String source, String verdict, String escalation) {}

    private final Topics topics;
    private final String sourceUri;
    private final Predicate<String> textMayLeave;
    /** Those of the last row: rows come in runs of one source, and checking a name costs more than the rest. */
    private volatile @Nullable SourceTopics lastTopics;

    /**
     * @param textMayLeave whether a source, by name, is configured {@code leave: full}
     */
    public EventEncoder(Topics topics, Predicate<String> textMayLeave) {
        this.topics = topics;
        this.sourceUri = uriReference(topics.root());
        this.textMayLeave = textMayLeave;
    }

    /** @param connectedAt rows written before it are historical */
    public Message encode(PendingVerdict pending, Instant connectedAt) {
        Verdict verdict = pending.verdict();
        boolean escalated = escalated(verdict.decision());
        SourceTopics to = topicsOf(verdict.source());
        return new Message(
                escalated ? to.escalation() : to.verdict(),
                payload(verdict, escalated),
                false,
                expirySeconds(pending.lifeLeft()),
                null,
                attributes(pending, escalated, connectedAt));
    }

    private SourceTopics topicsOf(String source) {
        SourceTopics last = lastTopics;
        if (last == null || !last.source().equals(source)) {
            last = new SourceTopics(source, topics.verdict(source), topics.escalation(source));
            lastTopics = last;
        }
        return last;
    }

    private static boolean escalated(Decision decision) {
        return switch (decision) {
            case Decision.Accept _ -> false;
            case Decision.Escalate _, Decision.Failed _ -> true;
        };
    }

    private List<Map.Entry<String, String>> attributes(PendingVerdict pending, boolean escalated, Instant connectedAt) {
        Verdict verdict = pending.verdict();
        return List.of(
                Map.entry("specversion", "1.0"),
                Map.entry("id", pending.id()),
                Map.entry("source", sourceUri),
                Map.entry("type", escalated ? "dev.picket.escalation.v1" : "dev.picket.verdict.v1"),
                Map.entry("time", verdict.at().toString()),
                Map.entry("subject", attributeText(verdict.source() + "/" + verdict.readingId())),
                Map.entry("epoch", pending.epoch()),
                Map.entry("priority", pending.priority().wireName()),
                Map.entry("seq", Long.toString(pending.seq())),
                Map.entry("historical", Boolean.toString(pending.writtenAt().isBefore(connectedAt))));
    }

    private byte[] payload(Verdict verdict, boolean escalated) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(bytes)) {
            json.writeStartObject();
            json.writeStringField("task", verdict.task());
            json.writeStringField("decision", verdict.decision().wireName());
            if (verdict.label() != null) {
                json.writeStringField("label", verdict.label());
                json.writeNumberField("confidence", verdict.confidence());
            }
            json.writeStringField("base", verdict.baseDigest());
            json.writeStringField("taskDigest", verdict.taskDigest());
            json.writeBooleanField("cut", verdict.cut());
            json.writeNumberField("latencyMicros", verdict.latencyNanos() / 1_000);
            // Only what is not usual: on most links each byte counts.
            if (verdict.stage() != Stage.MAIN) {
                json.writeStringField("stage", verdict.stage().wireName());
            }
            if (verdict.cached()) {
                json.writeBooleanField("cached", true);
            }
            if (escalated && !verdict.probabilities().isEmpty()) {
                distribution(json, verdict);
            }
            if (verdict.text() != null && textMayLeave.test(verdict.source())) {
                json.writeStringField("text", verdict.text());
            }
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void distribution(JsonGenerator json, Verdict verdict) throws IOException {
        json.writeObjectFieldStart("probabilities");
        for (int i = 0; i < verdict.probabilities().size(); i++) {
            json.writeNumberField(
                    verdict.labels().get(i), verdict.probabilities().get(i));
        }
        json.writeEndObject();
    }

    private static long expirySeconds(Duration lifeLeft) {
        // An event that is still here is still owed, however late.
        return Math.clamp(lifeLeft.toSeconds(), 1, LONGEST_EXPIRY_SECONDS);
    }

    /** CloudEvents allows no control characters in attributes, and MQTT no lone surrogates in strings. */
    private static String attributeText(String text) {
        if (text.length() <= MAX_SUBJECT_CHARS && text.chars().allMatch(c -> c >= ' ' && c < 0x7F)) {
            return text;
        }
        StringBuilder clean = new StringBuilder(Math.min(text.length(), MAX_SUBJECT_CHARS));
        text.codePoints()
                .limit(MAX_SUBJECT_CHARS)
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE ? 0xFFFD : c)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    static String uriReference(String path) {
        try {
            return new URI(null, null, "/" + path, null).toASCIIString();
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("The topic root '" + path + "' makes no URI", e);
        }
    }
}
