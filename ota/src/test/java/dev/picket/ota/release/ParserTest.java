package dev.picket.ota.release;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.Hashes;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.CanonicalJson;
import dev.picket.ota.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.StringLength;

/** Whatever bytes come, a parser answers or refuses; nothing else is thrown. */
class ParserTest {
    private static final String DIGEST = "0".repeat(64);
    private static final Release TASK = new Release(
            Kind.TASK,
            "fraud",
            "1.0",
            2,
            DIGEST,
            Optional.of(DIGEST),
            "0.1.0",
            5,
            List.of(new ReleaseFile("task.json", 2, DIGEST), new ReleaseFile("exam.jsonl", 3, DIGEST)));
    private static final SetManifest SET = new SetManifest(
            "factory",
            3,
            new SetManifest.Member("releases/base/small/1.json", DIGEST),
            List.of(new SetManifest.Member(TASK.path(), DIGEST)));

    private interface Parser {
        void parse(byte[] bytes) throws RejectedException;
    }

    @Property
    void aDamagedManifestIsAnsweredOrRefused(
            @ForAll @IntRange(max = 100_000) int seed, @ForAll @IntRange(max = 4) int damages) {
        byte[] release = damaged(StrictJson.pretty(TASK.toJson()), seed, damages);
        byte[] set = damaged(StrictJson.pretty(SET.toJson()), seed, damages);
        byte[] channel = damaged(StrictJson.pretty(new Channel("stable", SET.path()).toJson()), seed, damages);

        survives(bytes -> Release.parse(TASK.path(), bytes, ReleaseLimits.DEFAULT), release);
        survives(bytes -> SetManifest.parse(SET.path(), bytes, ReleaseLimits.DEFAULT), set);
        survives(bytes -> Channel.parse(Channel.path("stable"), bytes), channel);
    }

    @Property
    void noFileNameLeavesItsFolder(@ForAll @StringLength(max = 20) String name) {
        ObjectNode json = TASK.toJson();
        ((ObjectNode) json.get("files").get(1)).put("name", name);
        try {
            Release parsed = Release.parse(TASK.path(), StrictJson.pretty(json), ReleaseLimits.DEFAULT);
            assertThat(parsed.files().get(1).name())
                    .doesNotContain("/", "\\", "\0")
                    .doesNotStartWith(".");
        } catch (RejectedException e) {
            assertThat(e).hasMessageContaining(TASK.path());
        }
    }

    @Property
    void canonicalJsonIsReadBackAsItself(@ForAll String key, @ForAll String text, @ForAll long number)
            throws Exception {
        ObjectNode json = StrictJson.object().put(key, text).put("n", number).put("b", true);
        json.putArray("list").add(number).addNull();
        byte[] once = CanonicalJson.encode(json);
        // Control characters stand unescaped in canonical JSON, which is then no JSON any more.
        boolean plain = (key + text).chars().noneMatch(c -> c < ' ' || Character.isSurrogate((char) c));
        if (plain) {
            assertThat(CanonicalJson.encode(StrictJson.parse("it", once).node()))
                    .isEqualTo(once);
        }
        assertThat(Hashes.sha256(once)).hasSize(64);
    }

    @Property
    void whatIsWrittenIsReadBack(@ForAll @IntRange(min = 1) int counter) throws Exception {
        Release release =
                new Release(Kind.TASK, "fraud", "1.0", counter, DIGEST, Optional.of(DIGEST), "0.1.0", 5, TASK.files());
        assertThat(Release.parse(release.path(), StrictJson.pretty(release.toJson()), ReleaseLimits.DEFAULT))
                .isEqualTo(release);
    }

    private static void survives(Parser parser, byte[] bytes) {
        try {
            parser.parse(bytes);
        } catch (RejectedException e) {
            assertThat(e.getMessage()).endsWith(".");
        }
    }

    private static byte[] damaged(byte[] bytes, int seed, int damages) {
        Random random = new Random(seed);
        byte[] damaged = bytes.clone();
        byte[] alphabet = "{}[],:\"0/.\\e-\u00ff".getBytes(StandardCharsets.ISO_8859_1);
        for (int i = 0; i < damages; i++) {
            damaged[random.nextInt(damaged.length)] = alphabet[random.nextInt(alphabet.length)];
        }
        return damaged;
    }
}
