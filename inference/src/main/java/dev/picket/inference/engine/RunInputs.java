package dev.picket.inference.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The inputs of one run: its own tensors, and the past that it borrows. */
final class RunInputs implements AutoCloseable {
    private final OrtEnvironment environment;
    private final Map<String, OnnxTensor> all;
    private final List<OnnxTensor> own = new ArrayList<>(4);

    private RunInputs(OrtEnvironment environment, KeyValues past) {
        this.environment = environment;
        this.all = new HashMap<>(past.pasts());
    }

    /**
     * Makes the tensors.
     *
     * @param tokens what is new, at least one
     * @param past what was computed before
     * @param rows how many of the last tokens are to be answered, where the graph can be asked
     */
    static RunInputs of(ModelGraph graph, long[] tokens, KeyValues past, int rows) throws OrtException {
        RunInputs inputs = new RunInputs(ModelGraph.environment(), past);
        boolean made = false;
        try {
            inputs.fill(graph.feeding(), tokens, past.length(), rows);
            made = true;
            return inputs;
        } finally {
            if (!made) {
                inputs.close();
            }
        }
    }

    private void fill(Feeding feeding, long[] tokens, int before, int rows) throws OrtException {
        put(feeding.ids(), tokens, 1, tokens.length);
        if (feeding.mask() != null) {
            long[] ones = new long[before + tokens.length];
            Arrays.fill(ones, 1);
            put(feeding.mask(), ones, 1, ones.length);
        }
        if (feeding.positions() != null) {
            put(feeding.positions(), counted(before, tokens.length), 1, tokens.length);
        }
        if (feeding.types() != null) {
            put(feeding.types(), new long[tokens.length], 1, tokens.length);
        }
        if (feeding.asked() != null) {
            put(feeding.asked(), counted(tokens.length - rows, rows), rows);
        }
        Feeding.Named kept = feeding.kept();
        if (kept != null) {
            put(kept, new long[] {rows}, kept.scalar() ? new long[0] : new long[] {1});
        }
    }

    private static long[] counted(int from, int count) {
        long[] numbers = new long[count];
        for (int i = 0; i < count; i++) {
            numbers[i] = (long) from + i;
        }
        return numbers;
    }

    private void put(Feeding.@Nullable Named input, long[] values, long... shape) throws OrtException {
        if (input == null) {
            return;
        }
        OnnxTensor tensor = input.narrow()
                ? OnnxTensor.createTensor(environment, IntBuffer.wrap(narrowed(values)), shape)
                : OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape);
        own.add(tensor);
        all.put(input.name(), tensor);
    }

    private static int[] narrowed(long[] values) {
        return Arrays.stream(values).mapToInt(Math::toIntExact).toArray();
    }

    Map<String, OnnxTensor> all() {
        return all;
    }

    @Override
    public void close() {
        own.forEach(OnnxTensor::close);
    }
}
