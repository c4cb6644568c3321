package dev.picket.agent.uplink;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.picket.inference.engine.ProviderChoice;
import dev.picket.inference.engine.Providers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which execution provider answers.
 *
 * @param asked what the configuration wants
 * @param name null while no Set serves
 * @param kind {@code npu}, {@code gpu} or {@code cpu}; null while no Set serves
 * @param device for people; empty where the provider says nothing
 * @param refused those that come before it and were not taken
 * @param fallbacks how often one was not taken since this start, by reason
 */
@JsonInclude(JsonInclude.Include.ALWAYS)
public record ProviderState(
        String asked,
        @Nullable String name,
        @Nullable String kind,
        String device,
        List<Refused> refused,
        Map<String, Long> fallbacks) {
    public static final ProviderState NONE = new ProviderState("auto", null, null, "", List.of(), Map.of());

    public ProviderState {
        refused = List.copyOf(refused);
    }

    /**
     * @param reason {@code library}, {@code absent}, {@code refused}, {@code self-test}, {@code answers} or {@code slow}
     * @param sentence what was found
     */
    public record Refused(String provider, String reason, String sentence) {}

    /**
     * As it stands now.
     *
     * @param choice of the base that serves: another was loaded later, perhaps, for a first stage or a trial
     */
    public static ProviderState of(Providers providers, Optional<ProviderChoice> choice) {
        Map<String, Long> counts = new TreeMap<>();
        providers.fallbacks().forEach((reason, count) -> counts.put(reason.wireName(), count));
        return new ProviderState(
                providers.settings().wanted(),
                choice.map(ProviderChoice::provider).orElse(null),
                choice.map(each -> each.kind().wireName()).orElse(null),
                choice.map(ProviderChoice::device).orElse(""),
                choice.map(ProviderChoice::refused).orElse(List.of()).stream()
                        .map(each -> new Refused(each.provider(), each.reason().wireName(), each.sentence()))
                        .toList(),
                counts);
    }

    /** Whether the kind that is wanted answers, or the very provider. */
    private boolean isAsked() {
        return asked.equalsIgnoreCase(kind)
                || asked.equalsIgnoreCase(name)
                || (asked + "ExecutionProvider").equalsIgnoreCase(name);
    }

    /** What keeps from its work what somebody asked for: a provider, a library. Empty where nobody did, or it answers. */
    public String trouble() {
        boolean served = asked.equalsIgnoreCase("auto") || isAsked();
        List<Refused> missed = refused.stream()
                .filter(each -> !served || each.reason().equals(ProviderChoice.Reason.LIBRARY.wireName()))
                .toList();
        return missed.isEmpty()
                ? ""
                : "Texts are classified on " + name + ", asked for was '" + asked + "': "
                        + missed.stream()
                                .map(each -> each.provider() + " (" + each.reason() + "): " + each.sentence())
                                .collect(Collectors.joining(" "));
    }
}
