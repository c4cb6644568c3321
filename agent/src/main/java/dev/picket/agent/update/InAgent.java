package dev.picket.agent.update;

import dev.picket.inference.ClassificationException;
import dev.picket.inference.engine.Classifier;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;

/** A Set in this process: tasks alone, on the base that serves, after the bounds that loading checks. */
record InAgent(Classifier classifier) implements Examinee {
    @Override
    public Answer answer(String task, String text) throws RejectedException, InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        try {
            return Answer.of(classifier.classify(task, text));
        } catch (ClassificationException e) {
            throw new RejectedException(Reason.EXAM_FAILED, String.valueOf(e.getMessage()));
        }
    }
}
