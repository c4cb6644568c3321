package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.Safetensors;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.TaskFolder;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WideFeaturesTest {
    private static final Scoring.Wide SHAPE = new Scoring.Wide(1 << 12, 2, 3, 3, 100);

    private static Map<Integer, Double> features(Scoring.Wide shape, String text) {
        Map<Integer, Double> found = new HashMap<>();
        new WideFeatures(shape).of(text, (bucket, weight) -> found.merge(bucket, weight, Double::sum));
        return found;
    }

    /** FNV-1a by its definition, with numbers of any size. */
    private static int bucket(String gram, int buckets) {
        BigInteger hash = new BigInteger("cbf29ce484222325", 16);
        BigInteger prime = new BigInteger("100000001b3", 16);
        BigInteger all = BigInteger.TWO.pow(64);
        for (byte each : gram.getBytes(StandardCharsets.UTF_8)) {
            hash = hash.xor(BigInteger.valueOf(each & 0xff)).multiply(prime).mod(all);
        }
        return hash.xor(hash.shiftRight(32)).mod(BigInteger.valueOf(buckets)).intValue();
    }

    @Test
    void wordsAreCountedInTheirBucketsAndScaledToLengthOne() {
        Scoring.Wide words = new Scoring.Wide(1 << 12, 2, 1, 0, 100);
        // pay x 2, now, "pay now", "now pay": 1 + ln 2 and three ones
        double pay = 1 + Math.log(2);
        double length = Math.sqrt(pay * pay + 3);
        assertThat(features(words, "Pay\t now, PAY!"))
                .hasSize(4)
                .containsEntry(bucket("wpay", 1 << 12), pay / length)
                .containsEntry(bucket("wpay now", 1 << 12), 1 / length);
    }

    @Test
    void charactersAreThoseOfTheTextWithItsDigitsAlikeAndItsSpacesOne() {
        Scoring.Wide characters = new Scoring.Wide(1 << 12, 0, 3, 3, 100);
        assertThat(features(characters, "£9 \n!"))
                .containsOnlyKeys(
                        bucket("c £0", 1 << 12),
                        bucket("c£0 ", 1 << 12),
                        bucket("c0 !", 1 << 12),
                        bucket("c ! ", 1 << 12));
        assertThat(features(characters, "£1 !")).isEqualTo(features(characters, "£7   !"));
    }

    @Test
    void ofALongTextOnlyTheTwoEndsCount() {
        String ends = "a".repeat(50) + "b".repeat(50);
        assertThat(features(SHAPE, "a".repeat(50) + "x".repeat(10_000_000) + "b".repeat(50)))
                .isEqualTo(features(SHAPE, ends));
    }

    @Property
    void anyTextGivesFeaturesOfLengthOneAFamily(@ForAll String text) {
        double[] squares = new double[1];
        new WideFeatures(new Scoring.Wide(1 << 12, 0, 2, 4, 100)).of("a" + text, (bucket, weight) -> {
            assertThat(bucket).isBetween(0, (1 << 12) - 1);
            squares[0] += weight * weight;
        });
        assertThat(squares[0]).isCloseTo(1, within(1e-9));
    }

    /** By the definition, with a string for each gram. */
    private static Map<Integer, Double> defined(Scoring.Wide shape, String text) {
        String normal = (" " + text.toLowerCase(Locale.ROOT).replaceAll("[\\p{Cs}]", "\ufffd") + " ")
                .replaceAll("\\p{Nd}", "0")
                .replaceAll("[\\s\\p{Z}\\x1c-\\x1f]+", " ");
        List<String> words = Pattern.compile("[\\p{L}\\p{Nd}]+")
                .matcher(normal)
                .results()
                .map(MatchResult::group)
                .toList();
        List<String> grams = new ArrayList<>();
        for (int n = 1; n <= shape.words(); n++) {
            for (int i = 0; i + n <= words.size(); i++) {
                grams.add("w" + String.join(" ", words.subList(i, i + n)));
            }
        }
        Map<Integer, Double> all = weights(grams, shape.buckets());
        grams.clear();
        int[] points = normal.codePoints().toArray();
        for (int n = shape.minCharacters(); n <= shape.maxCharacters(); n++) {
            for (int i = 0; i + n <= points.length; i++) {
                grams.add("c" + new String(points, i, n));
            }
        }
        weights(grams, shape.buckets()).forEach((bucket, weight) -> all.merge(bucket, weight, Double::sum));
        return all;
    }

    private static Map<Integer, Double> weights(List<String> grams, int buckets) {
        Map<Integer, Double> weights = new HashMap<>();
        grams.stream()
                .collect(Collectors.groupingBy(gram -> bucket(gram, buckets), Collectors.counting()))
                .forEach((bucket, count) -> weights.put(bucket, 1 + Math.log(count)));
        double length = Math.sqrt(
                weights.values().stream().mapToDouble(weight -> weight * weight).sum());
        weights.replaceAll((_, weight) -> weight / length);
        return weights;
    }

    @Property(tries = 300)
    void featuresAreThoseOfTheDefinition(@ForAll String text, @ForAll("prose") String prose) {
        Scoring.Wide shape = new Scoring.Wide(1 << 16, 3, 2, 4, 10_000);
        for (String each : List.of(text, prose, prose + text)) {
            Map<Integer, Double> expected = defined(shape, each);
            Map<Integer, Double> found = features(shape, each);
            assertThat(found).containsOnlyKeys(expected.keySet());
            expected.forEach((bucket, weight) ->
                    assertThat(found.get(bucket)).describedAs(each).isCloseTo(weight, within(1e-9)));
        }
    }

    @Provide
    Arbitrary<String> prose() {
        return Arbitraries.strings()
                .withChars(" \t\n\u00a0.,-aAbBzZ0179\u0663\u00df\u00e9\u0130\u03a3\u4e2d")
                .ofMaxLength(60);
    }

    private static byte[] head(int[] buckets, float... weights) {
        Map<String, FloatTensor> tensors = new LinkedHashMap<>();
        tensors.put("weight", TinyBase.random(1, 3L, TinyGraph.HIDDEN));
        tensors.put("bias", TinyBase.random(2, 3L));
        tensors.put("wide.weight", new FloatTensor(List.of(weights.length / 3L, 3L), weights));
        return Safetensors.write(tensors, Map.of("wide.buckets", buckets));
    }

    @Test
    void theWidePartIsAddedToTheHeadsScores(@TempDir Path folder) throws Exception {
        TinyBase base = TinyBase.write(folder);
        int pay = bucket("wpay", 1 << 12);
        // Rows of all buckets that neither text has stand around it, which must not be taken for its own.
        Map<Integer, Double> asked = features(SHAPE, "please pay");
        asked.putAll(features(SHAPE, "hello"));
        int[] buckets = IntStream.range(0, SHAPE.buckets())
                .filter(bucket -> bucket == pay || !asked.containsKey(bucket))
                .toArray();
        float[] weights = new float[3 * buckets.length];
        Arrays.fill(weights, 9);
        System.arraycopy(new float[] {1, -2, 4}, 0, weights, 3 * Arrays.binarySearch(buckets, pay), 3);
        TaskFolder wide = base.task("wide")
                .scoring(new Scoring.Head(SHAPE))
                .head(head(buckets, weights))
                .build();
        TaskFolder none = base.task("none")
                .scoring(new Scoring.Head(SHAPE))
                .head(head(new int[] {}))
                .build();
        try (Classifier classifier = Classifier.open(base.read(), List.of(wide, none), TinyBase.OPTIONS)) {
            float[] with = classifier.scores("wide", "please pay");
            float[] without = classifier.scores("none", "please pay");
            double value = Objects.requireNonNull(features(SHAPE, "please pay").get(pay));
            assertThat(with[0] - without[0]).isCloseTo((float) value, within(1e-4f));
            assertThat(with[1] - without[1]).isCloseTo((float) (-2 * value), within(1e-4f));
            assertThat(with[2] - without[2]).isCloseTo((float) (4 * value), within(1e-4f));
            assertThat(classifier.scores("wide", "hello")).isEqualTo(classifier.scores("none", "hello"));
        }
    }

    @Test
    void aWidePartThatIsNotAsTheTaskSaysIsRefused(@TempDir Path folder) throws Exception {
        TinyBase base = TinyBase.write(folder);
        refused(base, new Scoring.Head(SHAPE), head(new int[] {5, 5}, 1, 1, 1, 1, 1, 1), "holds 5 behind 5");
        refused(base, new Scoring.Head(SHAPE), head(new int[] {4096}, 1, 1, 1), "numbers below 4096 are needed.");
        refused(base, new Scoring.Head(SHAPE), head(new int[] {1, 2}, 1, 1, 1), "has shape [1, 3], [2, 3] is needed.");
        refused(base, new Scoring.Head(SHAPE), head(new int[] {1}, 1, Float.NaN, 1), "holds NaN.");
        refused(base, new Scoring.Head(SHAPE), TinyBase.head(1), "holds no tensor 'wide.buckets'.");
        refused(base, new Scoring.Head(), head(new int[] {1}, 1, 1, 1), "which task.json's $.scoring does not name.");
    }

    private static void refused(TinyBase base, Scoring scoring, byte[] head, String why) throws Exception {
        TaskFolder task = base.task("wide").scoring(scoring).head(head).build();
        assertThatThrownBy(() -> Classifier.open(base.read(), List.of(task), TinyBase.OPTIONS)
                        .close())
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining(why);
    }
}
