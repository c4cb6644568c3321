package dev.picket.inference.engine;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.TaskFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/**
 * A process that classifies, fails, swaps tasks and loads bases in turn, and prints after each round how much anonymous
 * memory it has. Its heap is all touched before it begins, so what grows is native.
 */
@NullUnmarked
public final class Soak {
    private static final List<String> TEXTS =
            List.of("a text", "", "bad \u0001 text", "the ".repeat(400), "ünïcode 😀 \uD800 </s>", "x".repeat(100_000));

    private Soak() {}

    /** FOLDER ROUNDS TEXTS_A_ROUND [CHARACTERS of one last text] */
    public static void main(String[] arguments) throws Exception {
        TinyBase base = TinyBase.write(Path.of(arguments[0]));
        int rounds = Integer.parseInt(arguments[1]);
        int texts = Integer.parseInt(arguments[2]);
        for (int round = 0; round < rounds; round++) {
            round(base, texts);
            System.gc();
            System.out.println("anonymous " + anonymousKilobytes());
        }
        if (arguments.length > 3) {
            oneHugeText(base, Integer.parseInt(arguments[3]));
        }
    }

    private static void round(TinyBase base, int texts) throws Exception {
        Scoring words = new Scoring.Verbaliser(List.of(
                new Scoring.Word("aa", List.of(97, 97)),
                new Scoring.Word("ab", List.of(97, 98)),
                new Scoring.Word("c", List.of(99))));
        // A small cache, so that prefixes come and go.
        EngineOptions options = new EngineOptions(2, 1, 4096, 64);
        try (Classifier classifier = Classifier.open(
                base.read(),
                List.of(
                        base.task("head").build(),
                        base.task("words").scoring(words).build()),
                options)) {
            for (int i = 0; i < texts; i++) {
                classify(classifier, i % 2 == 0 ? "head" : "words", TEXTS.get(i % TEXTS.size()));
                if (i % 100 == 0) {
                    swap(base, classifier, i);
                }
            }
        }
    }

    private static void classify(Classifier classifier, String task, String text) {
        try {
            classifier.classify(task, text);
        } catch (ClassificationException e) {
            require(text.startsWith("bad"), e.getMessage());
        }
    }

    private static void swap(TinyBase base, Classifier classifier, int seed) throws BadArtefactException {
        TaskFolder next =
                base.task("head").adapter(TinyBase.adapter(seed, 8).toBytes()).build();
        try (Classifier other = classifier.with(next)) {
            classify(other, "head", "another text");
        }
        try (Classifier other =
                classifier.with(base.task("head").adapter(new byte[40]).build())) {
            throw new IllegalStateException("Forty zeros are no adapter of " + other.baseDigest());
        } catch (BadArtefactException e) {
            require(e.getMessage().startsWith("adapter"), e.getMessage());
        }
    }

    private static void oneHugeText(TinyBase base, int characters) throws Exception {
        try (Classifier classifier =
                Classifier.open(base.read(), List.of(base.task("head").build()), TinyBase.OPTIONS)) {
            boolean cut = classifier.classify("head", "x".repeat(characters)).cut();
            System.out.println("huge text cut " + cut);
        }
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new IllegalStateException(otherwise);
        }
    }

    private static long anonymousKilobytes() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("RssAnon:")) {
                return Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        throw new IllegalStateException("/proc/self/status has no RssAnon");
    }
}
