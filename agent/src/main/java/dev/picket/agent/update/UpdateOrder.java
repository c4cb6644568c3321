package dev.picket.agent.update;

import dev.picket.ota.update.Ended;
import dev.picket.ota.update.InstallOrder;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What people order of the update flow, and how it ends: {@code Ended}, or UnavailableException where it cannot be now. */
public sealed interface UpdateOrder {
    String id();

    CompletableFuture<Ended> end();

    /**
     * A Set by name.
     *
     * @param from a folder with the repository's tree; empty: the configured repository
     */
    record Install(InstallOrder order, Optional<Path> from, CompletableFuture<Ended> end) implements UpdateOrder {
        public Install(InstallOrder order) {
            this(order, Optional.empty());
        }

        Install(InstallOrder order, Optional<Path> from) {
            this(order, from, new CompletableFuture<>());
        }

        @Override
        public String id() {
            return order.id();
        }
    }

    /** A Set that a rollout names. */
    record Rollout(InstallOrder order, CompletableFuture<Ended> end) implements UpdateOrder {
        public Rollout(InstallOrder order) {
            this(order, new CompletableFuture<>());
        }

        @Override
        public String id() {
            return order.id();
        }
    }

    /**
     * The Set before.
     *
     * @param from the label of the Set to be left
     */
    record Rollback(String id, String from, CompletableFuture<Ended> end) implements UpdateOrder {
        public Rollback(String id, String from) {
            this(id, from, new CompletableFuture<>());
        }
    }
}
