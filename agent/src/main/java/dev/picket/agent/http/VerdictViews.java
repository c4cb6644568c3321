package dev.picket.agent.http;

import dev.picket.agent.config.HttpConfig;
import dev.picket.agent.journal.Verdict;
import jakarta.inject.Singleton;

/**
 * Shows verdicts with their texts, while the journal has them, to a page that only this machine can reach. To any other
 * without: reading asks for no token, and whether texts may leave the gateway is said for each source.
 */
@Singleton
final class VerdictViews {
    private final boolean withText;

    VerdictViews(HttpConfig config) {
        this.withText = config.onLoopback();
    }

    VerdictView of(Verdict verdict) {
        return VerdictView.of(verdict, withText);
    }
}
