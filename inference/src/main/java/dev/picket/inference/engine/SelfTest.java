package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.Golden;
import dev.picket.inference.codec.Wiring;
import java.math.BigDecimal;
import java.math.MathContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a graph is asked before its first text: the manifest's golden token ids, or some of its own where it has none.
 *
 * <ol>
 *   <li>Two runs give the same numbers, all finite, as many as base.json says.
 *   <li>They are the golden ones, within the tolerance.
 *   <li>Where keys and values are kept, the first half and then the rest gives the same as both at once.
 * </ol>
 *
 * Differences are shares of a row's root mean square, so that one tolerance fits all models.
 */
public final class SelfTest {
    /** Kernels of other processors round int8 activations otherwise; a wrong graph is off by more than 1. */
    private static final double TOLERANCE = 0.1;

    private static final int[] LENGTHS = {8, 40};
    private static final int VALUES = 16;
    private static final int STRIDE = 7919;
    private static final MathContext ROUNDED = new MathContext(6);

    private final BaseManifest manifest;

    private SelfTest(BaseManifest manifest) {
        this.manifest = manifest;
    }

    static SelfTest of(BaseManifest manifest) {
        return new SelfTest(manifest);
    }

    /**
     * What a passed test found.
     *
     * @param golden answers that were compared
     * @param difference the largest from a golden one
     * @param tokens of the longest run
     * @param nanos of its second run
     */
    public record Outcome(int golden, double difference, int tokens, long nanos) {
        /** The same for people: half a sentence. */
        public String told() {
            return String.format(
                    Locale.ROOT,
                    "%s, %d tokens take %.2f ms",
                    golden == 0
                            ? "it has no golden answers"
                            : String.format(Locale.ROOT, "%d golden answers within %.4f", golden, difference),
                    tokens,
                    nanos / 1e6);
        }
    }

    /**
     * What the base in a folder answers, to be written into its manifest; base.json need not be there yet.
     *
     * @param folder with the graph
     * @param draft the manifest without golden answers
     * @throws BadArtefactException when the graph cannot be served
     */
    public static List<Golden> answers(Path folder, BaseManifest draft) throws BadArtefactException {
        try (ModelGraph graph = ModelGraph.open(folder, draft.graph(), 1)) {
            SelfTest test = of(draft.with(List.of()));
            test.run(graph);
            List<Golden> answers = new ArrayList<>();
            for (String output : test.outputs()) {
                for (int[] ids : test.inputs()) {
                    answers.add(golden(ids, output, graph.row(longs(ids), graph.noPast(), null, test.name(output))));
                }
            }
            return answers;
        } catch (OrtException e) {
            throw new BadArtefactException(folder + " is refused by ONNX Runtime: " + e.getMessage() + ".", e);
        }
    }

    private static Golden golden(int[] ids, String output, float[] row) {
        int count = Math.min(VALUES, row.length);
        return new Golden(
                Arrays.stream(ids).boxed().toList(),
                output,
                row.length,
                rounded(norm(row)),
                IntStream.range(0, count)
                        .mapToObj(i -> rounded(row[place(i, count, row.length)]))
                        .toList(),
                TOLERANCE);
    }

    private static int place(int value, int count, int width) {
        return (int) ((long) value * width / count);
    }

    private static double rounded(double value) {
        return new BigDecimal(value).round(ROUNDED).doubleValue();
    }

    /**
     * Asks a graph.
     *
     * @throws BadArtefactException when it fails; the sentence says in what
     */
    Outcome run(ModelGraph graph) throws BadArtefactException {
        try {
            double worst = 0;
            long nanos = 0;
            int longest = 0;
            for (Golden golden : cases()) {
                float[] first = twice(graph, golden);
                worst = Math.max(worst, compare(golden, first));
                continued(graph, golden, first);
                if (golden.tokens().size() > longest) {
                    longest = golden.tokens().size();
                    long start = System.nanoTime();
                    row(graph, golden);
                    nanos = System.nanoTime() - start;
                }
            }
            return new Outcome(manifest.golden().size(), worst, longest, nanos);
        } catch (OrtException e) {
            throw new BadArtefactException(
                    file() + " fails its self-test: ONNX Runtime refuses the run: " + e.getMessage() + ".", e);
        }
    }

    /**
     * How far another provider's graph is from the CPU's on the same inputs: the largest difference of any number,
     * infinite where one is none.
     *
     * @throws OrtException when either refuses a run
     */
    double difference(ModelGraph cpu, ModelGraph other) throws OrtException {
        double worst = 0;
        for (Golden golden : cases()) {
            float[] expected = row(cpu, golden);
            worst = Math.max(worst, apart(expected, row(other, golden)));
        }
        return worst;
    }

    /** One run of the longest input, to be timed. */
    void ask(ModelGraph graph) throws OrtException {
        row(
                graph,
                cases().stream()
                        .max(Comparator.comparingInt(each -> each.tokens().size()))
                        .orElseThrow());
    }

    /** Golden inputs, and inputs alone for outputs that the manifest has none of; those of the state come first. */
    private List<Golden> cases() {
        List<Golden> cases = new ArrayList<>(manifest.golden());
        for (String output : outputs()) {
            boolean covered = manifest.golden().stream()
                    .anyMatch(golden -> golden.output().equals(output));
            for (int[] ids : covered ? List.<int[]>of() : inputs()) {
                cases.add(new Golden(Arrays.stream(ids).boxed().toList(), output, width(output), 0, List.of(), 0));
            }
        }
        return cases;
    }

    private List<int[]> inputs() {
        int vocabulary = manifest.graph().vocabularySize();
        int first = Math.min(3, vocabulary - 1);
        return Arrays.stream(LENGTHS)
                .mapToObj(length -> IntStream.range(0, Math.min(length, manifest.contextLength()))
                        .map(i -> first + (int) ((long) (i + 1) * STRIDE % (vocabulary - first)))
                        .toArray())
                .toList();
    }

    private List<String> outputs() {
        Wiring.Outputs outputs = manifest.graph().wiring().outputs();
        List<String> wired = new ArrayList<>();
        if (outputs.hidden() != null) {
            wired.add("hidden");
        }
        if (outputs.logits() != null) {
            wired.add("logits");
        }
        return wired;
    }

    private String name(String output) throws BadArtefactException {
        Wiring.Outputs outputs = manifest.graph().wiring().outputs();
        @Nullable String name = output.equals("hidden") ? outputs.hidden() : outputs.logits();
        if (name == null) {
            throw new BadArtefactException(
                    "base.json: $.golden asks for '" + output + "', which $.graph.wiring does not name.");
        }
        return name;
    }

    private int width(String output) {
        BaseManifest.Graph graph = manifest.graph();
        int logits = graph.wiring().labels().isEmpty()
                ? graph.vocabularySize()
                : graph.wiring().labels().size();
        return output.equals("hidden") ? graph.hiddenSize() : logits;
    }

    private float[] row(ModelGraph graph, Golden golden) throws OrtException {
        try {
            return graph.row(tokens(golden), graph.noPast(), null, name(golden.output()));
        } catch (BadArtefactException e) {
            throw new IllegalStateException("The outputs were looked up before", e);
        }
    }

    private float[] twice(ModelGraph graph, Golden golden) throws OrtException, BadArtefactException {
        name(golden.output());
        for (int id : golden.tokens()) {
            if (id >= manifest.graph().vocabularySize()) {
                throw new BadArtefactException("base.json: $.golden has the token " + id + ", the graph takes only "
                        + manifest.graph().vocabularySize() + ".");
            }
        }
        float[] first = row(graph, golden);
        if (first.length != golden.width() || first.length != width(golden.output())) {
            int said = first.length == golden.width() ? width(golden.output()) : golden.width();
            throw new BadArtefactException(file() + " gives " + first.length + " numbers as " + golden.output()
                    + ", base.json says " + said + ".");
        }
        for (float value : first) {
            if (!Float.isFinite(value)) {
                throw new BadArtefactException(file() + " gives " + value + " as " + golden.output()
                        + " of its self-test; the weights are damaged.");
            }
        }
        if (!Arrays.equals(first, row(graph, golden))) {
            throw new BadArtefactException(file() + " gives other numbers for the same "
                    + golden.tokens().size() + " tokens when it is asked again.");
        }
        return first;
    }

    private double compare(Golden golden, float[] row) throws BadArtefactException {
        if (golden.values().isEmpty()) {
            return 0;
        }
        double scale = Math.max(golden.norm() / Math.sqrt(row.length), Float.MIN_NORMAL);
        double worst = Math.abs(norm(row) - golden.norm()) / scale / Math.sqrt(row.length);
        int count = golden.values().size();
        for (int i = 0; i < count; i++) {
            double found = row[place(i, count, row.length)];
            worst = Math.max(worst, Math.abs(found - golden.values().get(i)) / scale);
        }
        if (worst > golden.tolerance()) {
            throw new BadArtefactException(file() + " answers a golden input with a difference of " + rounded(worst)
                    + ", base.json allows " + golden.tolerance()
                    + "; it computes something else here than where it was made.");
        }
        return worst;
    }

    private void continued(ModelGraph graph, Golden golden, float[] whole) throws OrtException, BadArtefactException {
        long[] tokens = tokens(golden);
        if (!graph.keepsPast() || tokens.length < 2) {
            return;
        }
        int half = tokens.length / 2;
        KeyValues past = graph.continued(Arrays.copyOf(tokens, half), graph.noPast(), null, null)
                .values();
        try {
            float[] row = graph.row(Arrays.copyOfRange(tokens, half, tokens.length), past, null, name(golden.output()));
            double difference = apart(whole, row);
            if (difference > TOLERANCE) {
                throw new BadArtefactException(file() + " gives " + rounded(difference) + " other numbers when "
                        + half + " tokens come from its keys and values, so a prefix cannot be used again; export it"
                        + " without them.");
            }
        } finally {
            past.lifetime().end();
        }
    }

    private static double apart(float[] expected, float[] found) {
        if (expected.length != found.length) {
            return Double.POSITIVE_INFINITY;
        }
        double scale = Math.max(norm(expected) / Math.sqrt(expected.length), Float.MIN_NORMAL);
        double worst = 0;
        for (int i = 0; i < expected.length; i++) {
            double difference = Math.abs((double) expected[i] - found[i]) / scale;
            worst = Double.isFinite(difference) ? Math.max(worst, difference) : Double.POSITIVE_INFINITY;
        }
        return worst;
    }

    private static double norm(float[] row) {
        double squares = 0;
        for (float value : row) {
            squares += (double) value * value;
        }
        return Math.sqrt(squares);
    }

    private static long[] tokens(Golden golden) {
        return golden.tokens().stream().mapToLong(Integer::longValue).toArray();
    }

    private static long[] longs(int[] ids) {
        return Arrays.stream(ids).asLongStream().toArray();
    }

    private String file() {
        return manifest.graph().wiring().file();
    }
}
