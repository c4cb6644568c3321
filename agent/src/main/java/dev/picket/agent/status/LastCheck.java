package dev.picket.agent.status;

import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** What {@code picket check} found when it last looked; until the next look, or the agent's end, it stands among the troubles. */
public final class LastCheck {
    private static final int MOST = 20;
    private static final int MAX_CHARS = 300;

    private final Clock clock;
    private volatile List<String> troubles = List.of();

    public LastCheck(Clock clock) {
        this.clock = clock;
    }

    /** @param findings one sentence each; none where all is well */
    public void tell(List<String> findings) {
        String when = clock.instant().truncatedTo(ChronoUnit.MINUTES).toString();
        troubles = findings.stream()
                .limit(MOST)
                .map(each -> each.length() <= MAX_CHARS ? each : each.substring(0, MAX_CHARS) + "…")
                .map(each -> "The check of " + when + " found: " + each)
                .toList();
    }

    public List<String> troubles() {
        return troubles;
    }
}
