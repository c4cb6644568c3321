package dev.picket.demo;

import dev.picket.ota.update.Ended;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.UpdateStatus;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;

/** What became of each Set, and a word to the onlooker at each step. */
final class UpdateLog {
    private final Map<String, String> states = new LinkedHashMap<>();
    private final BiConsumer<String, String> onStep;
    private String last = "";

    /**
     * @param onStep told the Set and what happens to it
     */
    UpdateLog(BiConsumer<String, String> onStep) {
        this.onStep = onStep;
    }

    synchronized void heard(UpdateStatus status) {
        status.candidate().ifPresent(set -> told(set, status.step().wireName()));
        if (status.step() == Step.PROBATION) {
            status.active().ifPresent(set -> states.put(set, "installed"));
        }
        status.last().ifPresent(this::ended);
        if (status.step() == Step.SHADOW && !status.findings().isEmpty()) {
            onStep.accept(
                    status.candidate().orElse(""), status.findings().getFirst().sentence());
        }
    }

    /** Each Set with its state: installed, proved, rejected(reason), rolled-back(reason). */
    synchronized Map<String, String> states() {
        return new LinkedHashMap<>(states);
    }

    private void ended(Ended ended) {
        Optional<String> reason = ended.reason().map(each -> "(" + each.wireName() + ")");
        String state = ended.step() == Step.COMMITTED ? "proved" : ended.step().wireName() + reason.orElse("");
        if (!state.equals(states.put(ended.set(), state))) {
            told(ended.set(), state);
        }
    }

    private void told(String set, String what) {
        String line = set + " " + what;
        if (!line.equals(last)) {
            last = line;
            onStep.accept(set, what);
        }
    }
}
