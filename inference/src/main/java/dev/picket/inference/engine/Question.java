package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One text in front of the graph, for the scorer that asks; used by one thread, while it holds a worker. */
final class Question {
    private final ModelGraph graph;
    private final @Nullable Adapter adapter;
    private final KeyValues past;
    private final long[] tokens;
    private final String text;

    Question(ModelGraph graph, @Nullable Adapter adapter, KeyValues past, long[] tokens, String text) {
        this.graph = graph;
        this.adapter = adapter;
        this.past = past;
        this.tokens = tokens;
        this.text = text;
    }

    /** The text itself, as it came. */
    String text() {
        return text;
    }

    /** An output's row at the answering token; not to be changed. */
    float[] row(String output) throws OrtException {
        return graph.row(tokens, past, adapter, output);
    }

    /**
     * An output's row behind the text, and behind each token of some paths that continue it. What was computed for the
     * text is used again where the graph allows.
     *
     * @return the first holds the row behind the text alone; then one element a path, with one row a token
     */
    List<float[][]> rows(String output, List<long[]> paths) throws OrtException {
        List<float[][]> rows = new ArrayList<>(paths.size() + 1);
        if (paths.isEmpty()) {
            rows.add(new float[][] {row(output)});
        } else if (graph.keepsPast()) {
            ModelGraph.Continued behind = graph.continued(tokens, past, adapter, output);
            try {
                rows.add(new float[][] {behind.row()});
                for (long[] path : paths) {
                    rows.add(along(new long[0], path, behind.values(), output));
                }
            } finally {
                behind.values().lifetime().end();
            }
        } else {
            rows.add(new float[][] {row(output)});
            for (long[] path : paths) {
                rows.add(along(tokens, path, past, output));
            }
        }
        return rows;
    }

    /** Where the graph gives only its last row, each token takes a run of its own. */
    private float[][] along(long[] before, long[] path, KeyValues with, String output) throws OrtException {
        long[] all = Arrays.copyOf(before, before.length + path.length);
        System.arraycopy(path, 0, all, before.length, path.length);
        float[][] last = graph.rows(all, with, adapter, output, path.length);
        if (last.length == path.length) {
            return last;
        }
        float[][] rows = new float[path.length][];
        rows[path.length - 1] = last[last.length - 1];
        for (int i = 1; i < path.length; i++) {
            rows[i - 1] = graph.row(Arrays.copyOf(all, before.length + i), with, adapter, output);
        }
        return rows;
    }
}
