package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import java.util.HashSet;
import java.util.List;

/** The base's own classification output; its order is that of {@code id2label}, the task's labels are found by name. */
final class ClassifierScorer implements Scorer {
    private final String output;
    private final int[] places;

    private ClassifierScorer(String output, int[] places) {
        this.output = output;
        this.places = places;
    }

    /** Checks that the task asks for exactly the labels that the base knows. */
    static ClassifierScorer load(String task, List<String> labels, BaseManifest.Graph graph)
            throws BadArtefactException {
        List<String> known = graph.wiring().labels();
        String logits = graph.wiring().outputs().logits();
        if (known.isEmpty() || logits == null) {
            throw new BadArtefactException("Task '" + task
                    + "' is scored by the base's own classification output, which a graph of " + graph.contract()
                    + " without labels does not have; give the task a head.");
        }
        if (labels.size() != known.size() || !new HashSet<>(known).equals(new HashSet<>(labels))) {
            throw new BadArtefactException("Task '" + task + "' has the labels " + labels
                    + ", the base classifies into " + known + "; name the same ones.");
        }
        return new ClassifierScorer(
                logits, labels.stream().mapToInt(known::indexOf).toArray());
    }

    @Override
    public String output() {
        return output;
    }

    @Override
    public int tokensBehind() {
        return 0;
    }

    @Override
    public Scores score(Question question) throws OrtException {
        float[] row = question.row(output);
        float[] scores = new float[places.length];
        for (int i = 0; i < scores.length; i++) {
            scores[i] = row[places[i]];
        }
        return Scores.of(scores);
    }
}
