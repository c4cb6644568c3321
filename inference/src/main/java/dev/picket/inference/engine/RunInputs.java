package dev.picket.inference.engine;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import java.nio.LongBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The inputs of one run: its own three tensors, and the past that it borrows. */
final class RunInputs implements AutoCloseable {
    static final String IDS = "input_ids";
    static final String MASK = "attention_mask";
    static final String POSITIONS = "logit_positions";

    private final OnnxTensor ids;
    private final OnnxTensor mask;
    private final OnnxTensor positions;
    private final Map<String, OnnxTensor> all;

    /**
     * @param tokens what is new, at least one
     * @param past what was computed before
     */
    RunInputs(OrtEnvironment environment, long[] tokens, KeyValues past) throws OrtException {
        long[] ones = new long[past.length() + tokens.length];
        Arrays.fill(ones, 1);
        ids = tensor(environment, tokens, 1, tokens.length);
        mask = tensor(environment, ones, 1, ones.length);
        positions = tensor(environment, new long[] {tokens.length - 1}, 1);
        all = new HashMap<>(past.pasts());
        all.put(IDS, ids);
        all.put(MASK, mask);
        all.put(POSITIONS, positions);
    }

    private static OnnxTensor tensor(OrtEnvironment environment, long[] values, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape);
    }

    Map<String, OnnxTensor> all() {
        return all;
    }

    @Override
    public void close() {
        ids.close();
        mask.close();
        positions.close();
    }
}
