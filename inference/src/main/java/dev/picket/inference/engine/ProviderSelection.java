package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.engine.ProviderChoice.Reason;
import dev.picket.inference.engine.ProviderChoice.Refusal;
import dev.picket.inference.engine.ProviderSessions.Candidate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Finds the execution provider that answers for a base.
 *
 * <pre>
 *   auto         every NPU, then every GPU that there is
 *   npu, gpu     those of the kind
 *   a name       those of the name
 *   cpu          none
 * </pre>
 *
 * Each in turn: it loads all of the graph, passes the self-test, gives the CPU's answers within the tolerance, and takes no
 * longer than the CPU times a factor. The first that does is taken, else the CPU. The CPU is asked first: a base that fails
 * on it is a bad base, and no provider is blamed.
 */
final class ProviderSelection {
    private static final int ROUNDS = 7;

    private final ProviderSettings settings;
    private final ProviderSessions sessions;
    private final LongSupplier nanos;

    ProviderSelection(ProviderSettings settings, ProviderSessions sessions, LongSupplier nanos) {
        this.settings = settings;
        this.sessions = sessions;
        this.nanos = nanos;
    }

    /** A graph that answers, tested. */
    record Chosen(ModelGraph graph, SelfTest.Outcome tested, ProviderChoice choice) {}

    /** Who is asked, in this order, and who cannot be. */
    record Plan(List<Candidate> candidates, List<Refusal> refused) {}

    Plan plan() {
        String wanted = settings.wanted().toLowerCase(Locale.ROOT);
        if (wanted.equals(ProcessorKind.CPU.wireName()) || named(Candidate.CPU, wanted)) {
            return new Plan(List.of(), List.of());
        }
        ProviderSessions.Offered offered = sessions.offered();
        List<Candidate> candidates = ordered(offered.candidates(), wanted);
        List<Refusal> refused = new ArrayList<>(offered.faults());
        if (candidates.isEmpty() && !wanted.equals(ProviderSettings.AUTO)) {
            refused.add(new Refusal(settings.wanted(), Reason.ABSENT, absent(offered.candidates())));
        }
        return new Plan(candidates, refused);
    }

    private static List<Candidate> ordered(List<Candidate> all, String wanted) {
        return switch (wanted) {
            case ProviderSettings.AUTO ->
                Stream.concat(of(all, ProcessorKind.NPU), of(all, ProcessorKind.GPU))
                        .toList();
            case "npu" -> of(all, ProcessorKind.NPU).toList();
            case "gpu" -> of(all, ProcessorKind.GPU).toList();
            default -> all.stream().filter(each -> named(each, wanted)).toList();
        };
    }

    private static Stream<Candidate> of(List<Candidate> all, ProcessorKind kind) {
        return all.stream().filter(each -> each.kind() == kind);
    }

    private static boolean named(Candidate candidate, String wanted) {
        String name = candidate.name().toLowerCase(Locale.ROOT);
        return name.equals(wanted) || name.equals(wanted + "executionprovider");
    }

    private static String absent(List<Candidate> all) {
        String there = all.isEmpty()
                ? "only the CPU is there"
                : "there are " + all.stream().map(Candidate::name).distinct().collect(Collectors.joining(", "));
        return "This ONNX Runtime has no such provider; " + there + "; see 'picket devices'.";
    }

    /**
     * Loads a base.
     *
     * @throws BadArtefactException when it fails on the CPU
     */
    Chosen choose(Path folder, BaseManifest manifest, int threads) throws BadArtefactException {
        SelfTest test = SelfTest.of(manifest);
        Plan plan = plan();
        List<Refusal> refused = new ArrayList<>(plan.refused());
        ModelGraph cpu = onCpu(folder, manifest, threads);
        boolean kept = false;
        try {
            SelfTest.Outcome outcome = test.run(cpu);
            for (Candidate candidate : plan.candidates()) {
                Chosen taken = tried(candidate, folder, manifest, threads, test, cpu, refused);
                if (taken != null) {
                    return taken;
                }
            }
            kept = true;
            return new Chosen(cpu, outcome, choice(Candidate.CPU, 1, refused));
        } finally {
            if (!kept) {
                close(cpu);
            }
        }
    }

    private ModelGraph onCpu(Path folder, BaseManifest manifest, int threads) throws BadArtefactException {
        try {
            return sessions.open(Candidate.CPU, folder, manifest.graph(), threads);
        } catch (OrtException e) {
            throw new BadArtefactException(folder + " is refused by ONNX Runtime: " + e.getMessage() + ".", e);
        }
    }

    private @Nullable Chosen tried(
            Candidate candidate,
            Path folder,
            BaseManifest manifest,
            int threads,
            SelfTest test,
            ModelGraph cpu,
            List<Refusal> refused) {
        ModelGraph other;
        try {
            other = sessions.open(candidate, folder, manifest.graph(), threads);
        } catch (OrtException | BadArtefactException e) {
            refused.add(new Refusal(candidate.name(), Reason.REFUSED, "It does not load the base: " + words(e)));
            return null;
        }
        boolean taken = false;
        try {
            SelfTest.Outcome outcome = test.run(other);
            double difference = test.difference(cpu, other);
            if (!(difference <= settings.tolerance())) {
                refused.add(new Refusal(
                        candidate.name(),
                        Reason.ANSWERS,
                        "Its answers differ from the CPU's by %.3g, at most %s is allowed."
                                .formatted(difference, settings.tolerance())));
                return null;
            }
            double ratio = ratio(test, cpu, other);
            if (!(ratio <= settings.maxLatencyRatio())) {
                refused.add(new Refusal(
                        candidate.name(),
                        Reason.SLOW,
                        String.format(
                                Locale.ROOT,
                                "It takes %.2f times as long as the CPU, at most %s times is allowed.",
                                ratio,
                                settings.maxLatencyRatio())));
                return null;
            }
            taken = true;
            return new Chosen(other, outcome, choice(candidate, ratio, refused));
        } catch (OrtException | BadArtefactException e) {
            refused.add(new Refusal(candidate.name(), Reason.SELF_TEST, words(e)));
            return null;
        } finally {
            if (!taken) {
                close(other);
            }
        }
    }

    private ProviderChoice choice(Candidate candidate, double ratio, List<Refusal> refused) {
        return new ProviderChoice(
                settings.wanted(), candidate.name(), candidate.kind(), candidate.device(), ratio, refused);
    }

    /** The median over rounds in which both are asked, of its time over the CPU's. */
    private double ratio(SelfTest test, ModelGraph cpu, ModelGraph other) throws OrtException {
        double[] ratios = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            long start = nanos.getAsLong();
            test.ask(cpu);
            long between = nanos.getAsLong();
            test.ask(other);
            ratios[i] = (double) (nanos.getAsLong() - between) / Math.max(1, between - start);
        }
        Arrays.sort(ratios);
        return ratios[ROUNDS / 2];
    }

    /** What ONNX Runtime said, as one line that ends like a sentence. */
    static String words(Exception e) {
        String said = String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
        return said.endsWith(".") ? said : said + ".";
    }

    private static void close(ModelGraph graph) {
        try {
            graph.close();
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime could not close a session", e);
        }
    }
}
