package dev.picket.agent.update;

import dev.picket.inference.ClassificationException;
import dev.picket.inference.engine.Classifier;
import dev.picket.inference.engine.Lane;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import org.jspecify.annotations.Nullable;

/**
 * A Set in this process: tasks alone, on the base that serves, after the bounds that loading checks. Each task answers for
 * itself, without a first stage before it: the desk's answers are of one model.
 *
 * @param first the first stage's; its tasks have names of their own
 */
record InAgent(Classifier classifier, @Nullable Classifier first) implements Examinee {
    InAgent(Classifier classifier) {
        this(classifier, null);
    }

    static InAgent of(LoadedSet set) {
        return new InAgent(set.classifier(), set.first());
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
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            return Answer.of(asked(task).classify(task, text, Lane.TRIAL));
        } catch (ClassificationException e) {
            throw new RejectedException(Reason.EXAM_FAILED, String.valueOf(e.getMessage()));
        }
    }
}
