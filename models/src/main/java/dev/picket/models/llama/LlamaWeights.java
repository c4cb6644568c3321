package dev.picket.models.llama;

import dev.picket.inference.BadArtefactException;
import dev.picket.models.onnx.ElementType;
import dev.picket.models.onnx.WeightFile;
import java.io.IOException;

/**
 * Writes the decoder's weights in the order of the layers: matrices as {@link Matrices} store them, norms, biases and rotary
 * tables as float. A norm or a bias has the checkpoint's name in the graph.
 */
final class LlamaWeights {
    static final String COSINE = "cos_cache";
    static final String SINE = "sin_cache";

    /** 16 MB in float. */
    static final int VALUES_AT_ONCE = 1 << 22;

    private final LlamaTensors tensors;
    private final Matrices matrices;
    private final Checkpoint checkpoint;
    private final RowBlocks rows;
    private final WeightFile file;

    LlamaWeights(LlamaConfig config, Matrices matrices, Checkpoint checkpoint, WeightFile file, RowBlocks rows) {
        this.tensors = new LlamaTensors(config);
        this.matrices = matrices;
        this.checkpoint = checkpoint;
        this.rows = rows;
        this.file = file;
    }

    void write() throws IOException, BadArtefactException {
        LlamaConfig config = tensors.config();
        matrices.writeTable(tensors.embedding(), config.tied() ? LlamaTensors.HEAD : null, rows, file);
        if (!config.tied()) {
            matrices.writeFactor(tensors.head(), rows, file);
        }
        for (LlamaTensors.Vector each : tensors.norms()) {
            write(each);
        }
        for (Projection each : Projection.all(config)) {
            matrices.writeFactor(each.matrix(), rows, file);
            if (each.bias() != null) {
                write(new LlamaTensors.Vector(each.bias(), each.matrix().rows()));
            }
        }
        Rope rope = config.rope();
        writeRotary(COSINE, config, rope.frequencies(config.headSize()), Math::cos);
        writeRotary(SINE, config, rope.frequencies(config.headSize()), Math::sin);
    }

    private void write(LlamaTensors.Vector vector) throws IOException, BadArtefactException {
        file.floats(vector.name(), checkpoint.floats(vector.name(), 0, vector.length()), vector.length());
    }

    @FunctionalInterface
    private interface Wave {
        double at(double angle);
    }

    /** A table [context, head / 2], a position at a time. */
    private void writeRotary(String name, LlamaConfig config, double[] frequencies, Wave wave) throws IOException {
        WeightFile.Place place = file.place();
        float[] row = new float[frequencies.length];
        for (int p = 0; p < config.context(); p++) {
            for (int i = 0; i < row.length; i++) {
                row[i] = (float) wave.at(p * frequencies[i]);
            }
            file.write(row);
        }
        file.name(place, name, ElementType.FLOAT, config.context(), frequencies.length);
    }
}
