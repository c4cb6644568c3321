package dev.picket.agent.update;

import dev.picket.inference.Classification;
import dev.picket.inference.ClassificationException;
import dev.picket.inference.engine.Cascade;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.Lane;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import org.jspecify.annotations.Nullable;

/**
 * A Set in this process: tasks alone, on the base that serves, after the bounds that loading checks. Each task answers for
 * itself, without a first stage before it, since the desk's answers are of one model; but for {@link #asServed}.
 *
 * @param first the first stage's; its tasks have names of their own
 * @param cascade what asks both
 */
record InAgent(Classifier classifier, @Nullable Classifier first, Cascade cascade) implements Examinee {
    static InAgent of(LoadedSet set) {
        return new InAgent(set.classifier(), set.first(), set.cascade());
    }

    boolean has(String task) {
        return classifier.tasks().contains(task)
                || (first != null && first.tasks().contains(task));
    }

    private Classifier asked(String task) {
        return first != null && first.tasks().contains(task) ? first : classifier;
    }

    @Override
    public Answer answer(String task, String text) throws RejectedException, InterruptedException {
        return answer(() -> asked(task).classify(task, text, Lane.TRIAL));
    }

    @Override
    public Examinee asServed() {
        return (task, text) -> answer(() -> cascade.classify(task, text, Lane.TRIAL));
    }

    /** One way of asking. */
    private interface Asking {
        Classification ask() throws ClassificationException;
    }

    private static Answer answer(Asking asking) throws RejectedException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            return Answer.of(asking.ask());
        } catch (ClassificationException e) {
            throw new RejectedException(Reason.EXAM_FAILED, String.valueOf(e.getMessage()));
        }
    }
}
