package dev.picket.agent.journal;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.config.JournalConfig.WhenFull;
import dev.picket.agent.config.RetentionConfig;
import dev.picket.inference.Priority;
import dev.picket.ota.AtomicFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Random actions on a journal and on a plain model of what it promises ({@link JournalModel}): after each of them every
 * seq is sent, pending or explained, each reading has one outcome, and the positions are those that were saved.
 */
class JournalModelTest {
    private static final JournalConfig CONFIG = ConfigLoader.defaults(JournalConfig.class);
    private static final RetentionConfig RETENTION = new RetentionConfig(Duration.ofDays(7), Duration.ofDays(20));
    private static final List<Priority> PRIORITIES = List.of(Priority.values());

    /** What is done, with one number of its own. */
    record Action(Kind kind, int number) {
        enum Kind {
            APPEND,
            APPEND_MANY,
            APPEND_AHEAD,
            FAULT_BEFORE_COMMIT,
            FAULT_AFTER_COMMIT,
            PENDING,
            ACKNOWLEDGE,
            DROP,
            TELL,
            PASS_TIME,
            SWEEP,
            KILL,
            RESTART,
            REBOOT,
            CLOCK,
            QUOTA
        }
    }

    @Property(tries = 40)
    void everySeqIsSentPendingOrExplained(@ForAll("actions") List<Action> actions) throws Exception {
        Path folder = Files.createTempDirectory("journal-model");
        try (JournalModel model = new JournalModel(folder, CONFIG.withMaxBytes(256 << 10))) {
            for (Action action : actions) {
                play(model, action.kind(), action.number());
                model.agree();
            }
        } finally {
            AtomicFiles.removeTree(folder);
        }
    }

    /** Found by the property: room was made out of a priority whose own new rows were laid down after it. */
    @Example
    void aBatchThatNeedsRoomMoreThanOnceKeepsItsCounts() throws Exception {
        everySeqIsSentPendingOrExplained(
                List.of(new Action(Action.Kind.APPEND_MANY, 5), new Action(Action.Kind.APPEND_MANY, 19)));
    }

    /** Found by the property, in this model itself: the fault of an append that was refused met what came after it. */
    @Example
    void aFaultThatARefusalForestallsMeetsNothingElse() throws Exception {
        everySeqIsSentPendingOrExplained(List.of(
                new Action(Action.Kind.QUOTA, 30),
                new Action(Action.Kind.APPEND_MANY, 19),
                new Action(Action.Kind.APPEND_MANY, 19),
                new Action(Action.Kind.FAULT_AFTER_COMMIT, 17),
                new Action(Action.Kind.DROP, 1)));
    }

    @Provide
    Arbitrary<List<Action>> actions() {
        return Combinators.combine(
                        Arbitraries.of(Action.Kind.class),
                        Arbitraries.integers().between(0, 30))
                .as(Action::new)
                .list()
                .ofMaxSize(40);
    }

    private static void play(JournalModel model, Action.Kind kind, int number) throws Exception {
        Priority priority = PRIORITIES.get(number % PRIORITIES.size());
        switch (kind) {
            case APPEND -> model.append(number, 0, null);
            case APPEND_MANY -> model.append(number * 40, 0, null);
            case APPEND_AHEAD -> model.append(number, 1 + number / 2, null);
            case FAULT_BEFORE_COMMIT -> model.append(number, number / 3, FaultyCommit.When.BEFORE);
            case FAULT_AFTER_COMMIT -> model.append(number, number / 3, FaultyCommit.When.AFTER);
            case PENDING -> model.read(number);
            case ACKNOWLEDGE -> model.acknowledge(priority, number * 7);
            case DROP -> model.drop(priority, number);
            case TELL -> model.tell(number);
            case PASS_TIME -> model.pass(Duration.ofDays(number));
            case SWEEP -> model.sweep(RETENTION);
            case KILL -> model.kill();
            case RESTART -> model.restart();
            case REBOOT -> model.reboot(Duration.ofDays(number), number % 2 == 0);
            case CLOCK -> model.clock(number);
            case QUOTA ->
                model.configure(CONFIG.withMaxBytes((256L << 10) * (1 + number % 3))
                        .withWhenFull(number % 5 == 0 ? WhenFull.REFUSE : WhenFull.DROP));
        }
    }
}
