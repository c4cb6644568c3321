package dev.picket.models.llama;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtLoraAdapter;
import ai.onnxruntime.OrtSession;
import dev.picket.inference.codec.AdapterFile;
import dev.picket.inference.codec.FloatTensor;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** An exported base, run bare. */
final class GraphUnderTest implements AutoCloseable {
    private final LlamaConfig config;
    private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
    private final OrtSession session;

    /** What one run answered: rows in the order of the positions; keys of layer 0 with their length. */
    record Answer(List<float[]> logits, List<float[]> hidden, Map<String, float[][][][]> present) {}

    GraphUnderTest(LlamaConfig config, Path folder) throws OrtException {
        this.config = config;
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
            options.setIntraOpNumThreads(1);
            session = environment.createSession(folder.resolve("model.onnx").toString(), options);
        }
    }

    Answer run(int[] ids, long[] positions) throws OrtException {
        return run(ids, positions, Map.of(), Map.of());
    }

    Answer run(int[] ids, long[] positions, Map<String, FloatTensor> pairs, Map<String, float[][][][]> past)
            throws OrtException {
        int before = past.isEmpty() ? 0 : past.values().iterator().next()[0][0].length;
        Map<String, OnnxTensor> inputs = new LinkedHashMap<>();
        try (OrtSession.RunOptions options = new OrtSession.RunOptions();
                OrtLoraAdapter adapter =
                        pairs.isEmpty() ? null : OrtLoraAdapter.create(new AdapterFile(1, pairs).toBytes())) {
            if (adapter != null) {
                options.addActiveLoraAdapter(adapter);
            }
            long[] mask = new long[before + ids.length];
            Arrays.fill(mask, 1);
            inputs.put("input_ids", longs(Arrays.stream(ids).asLongStream().toArray(), 1, ids.length));
            inputs.put("attention_mask", longs(mask, 1, mask.length));
            inputs.put("logit_positions", longs(positions, positions.length));
            for (int i = 0; i < config.layers(); i++) {
                for (String part : new String[] {"key", "value"}) {
                    inputs.put("past_key_values." + i + "." + part, past(past, "present." + i + "." + part));
                }
            }
            try (OrtSession.Result result = session.run(inputs, session.getOutputNames(), options)) {
                Map<String, float[][][][]> present = new LinkedHashMap<>();
                for (String name : session.getOutputNames()) {
                    if (name.startsWith("present.")) {
                        present.put(name, (float[][][][])
                                result.get(name).orElseThrow().getValue());
                    }
                }
                return new Answer(rows(result, "logits"), rows(result, "hidden"), present);
            }
        } finally {
            inputs.values().forEach(OnnxTensor::close);
        }
    }

    private OnnxTensor longs(long[] values, long... shape) throws OrtException {
        return OnnxTensor.createTensor(environment, LongBuffer.wrap(values), shape);
    }

    private static List<float[]> rows(OrtSession.Result result, String name) throws OrtException {
        return List.of((float[][]) result.get(name).orElseThrow().getValue());
    }

    private OnnxTensor past(Map<String, float[][][][]> all, String name) throws OrtException {
        float[][][][] values = all.get(name);
        if (values != null) {
            return OnnxTensor.createTensor(environment, values);
        }
        return OnnxTensor.createTensor(
                environment, FloatBuffer.allocate(0), new long[] {1, config.kvHeads(), 0, config.headSize()});
    }

    @Override
    public void close() throws OrtException {
        session.close();
    }
}
