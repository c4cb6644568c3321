package dev.picket.inference.engine;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The execution provider that answers for a base, and why not another.
 *
 * @param asked what the configuration wants
 * @param provider its name in ONNX Runtime
 * @param device what it computes on, for people
 * @param latencyRatio its time over the CPU's; 1 for the CPU itself
 * @param refused those that come before it in the order and were not taken
 */
public record ProviderChoice(
        String asked, String provider, ProcessorKind kind, String device, double latencyRatio, List<Refusal> refused) {
    public ProviderChoice {
        refused = List.copyOf(refused);
    }

    /** Why a provider was not taken. */
    public enum Reason {
        /** A plug-in library cannot be loaded. */
        LIBRARY,
        /** There is none. */
        ABSENT,
        /** It does not load the graph, or not all of it. */
        REFUSED,
        SELF_TEST,
        /** Its answers are not the CPU's. */
        ANSWERS,
        /** It takes longer than the CPU. */
        SLOW;

        /** As metric and status write it. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /**
     * @param provider its name; that of a library, or of what was asked for, where there is none
     * @param sentence what was found, and what to do
     */
    public record Refusal(String provider, Reason reason, String sentence) {
        /** {@code QNNExecutionProvider (slow): It takes …}. */
        public String told() {
            return provider + " (" + reason.wireName() + "): " + sentence;
        }
    }

    /** Whether something that was there, or was asked for, was not taken. */
    public boolean fellBack() {
        return !refused.isEmpty();
    }

    /** All refusals in one line. */
    public String refusals() {
        return refused.stream().map(Refusal::told).collect(Collectors.joining(" "));
    }
}
