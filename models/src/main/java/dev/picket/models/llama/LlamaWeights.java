package dev.picket.models.llama;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.models.onnx.ElementType;
import dev.picket.models.onnx.WeightFile;
import java.io.IOException;
import java.util.List;

/**
 * Writes the decoder's weights: matrices as INT4 in blocks of rows, norms and rotary tables as float. Names in the
 * graph: {@code {path}.q} and {@code {path}.s} for a matrix, the checkpoint's name for a norm.
 */
final class LlamaWeights {
    static final String EMBEDDING = "model.embed_tokens";
    static final String HEAD = "lm_head";
    static final String NORM = "model.norm.weight";
    static final String COSINE = "cos_cache";
    static final String SINE = "sin_cache";

    private static final int ROWS_AT_ONCE = 256;

    private final LlamaConfig config;
    private final Checkpoint checkpoint;
    private final WeightFile file;
    private final Progress progress;

    LlamaWeights(LlamaConfig config, Checkpoint checkpoint, WeightFile file, Progress progress) {
        this.config = config;
        this.checkpoint = checkpoint;
        this.file = file;
        this.progress = progress;
    }

    /** Rows of all matrices: what the progress adds up to. */
    static long rows(LlamaConfig config) {
        long rows = (long) config.vocabulary() * (config.tied() ? 1 : 2);
        return rows
                + Projection.all(config).stream().mapToLong(Projection::outputs).sum();
    }

    void write() throws IOException, BadArtefactException {
        writeEmbedding();
        for (int i = 0; i < config.layers(); i++) {
            writeNorm("model.layers." + i + ".input_layernorm.weight");
            writeNorm("model.layers." + i + ".post_attention_layernorm.weight");
        }
        writeNorm(NORM);
        for (Projection each : Projection.all(config)) {
            Matrix matrix = new Matrix(each.path() + ".weight", each.outputs(), each.inputs());
            Written written = quantised(matrix);
            forProduct(written, matrix, each.path());
        }
        writeRotary();
    }

    private record Matrix(String name, int rows, int columns) {
        long blocks() {
            return columns / Int4Blocks.BLOCK;
        }
    }

    private record Written(WeightFile.Place packed, FloatTensor scales) {}

    /** The embedding is read by rows and, where it is tied, multiplied by as well: the same bytes under two shapes. */
    private void writeEmbedding() throws IOException, BadArtefactException {
        Matrix embedding = new Matrix(EMBEDDING + ".weight", config.vocabulary(), config.hidden());
        Written written = quantised(embedding);
        WeightFile.Place scales =
                file.floats(EMBEDDING + ".s", written.scales().values(), embedding.rows(), embedding.blocks());
        file.name(
                written.packed(),
                EMBEDDING + ".q",
                ElementType.UINT8,
                embedding.rows(),
                Int4Blocks.rowBytes(embedding.columns()));
        if (config.tied()) {
            file.name(scales, HEAD + ".s", ElementType.FLOAT, embedding.rows(), embedding.blocks());
            file.name(
                    written.packed(),
                    HEAD + ".q",
                    ElementType.UINT8,
                    embedding.rows(),
                    embedding.blocks(),
                    Int4Blocks.BLOCK / 2);
        } else {
            Matrix head = new Matrix(HEAD + ".weight", config.vocabulary(), config.hidden());
            forProduct(quantised(head), head, HEAD);
        }
    }

    private void forProduct(Written written, Matrix matrix, String path) throws IOException {
        file.floats(path + ".s", written.scales().values(), matrix.rows(), matrix.blocks());
        file.name(
                written.packed(), path + ".q", ElementType.UINT8, matrix.rows(), matrix.blocks(), Int4Blocks.BLOCK / 2);
    }

    private Written quantised(Matrix matrix) throws IOException, BadArtefactException {
        checkpoint.expect(matrix.name(), matrix.rows(), matrix.columns());
        float[] scales = new float[Math.toIntExact(matrix.rows() * matrix.blocks())];
        byte[] packed = new byte[ROWS_AT_ONCE * Int4Blocks.rowBytes(matrix.columns())];
        WeightFile.Place place = file.place();
        for (int row = 0; row < matrix.rows(); row += ROWS_AT_ONCE) {
            int rows = Math.min(ROWS_AT_ONCE, matrix.rows() - row);
            int length = rows * matrix.columns();
            float[] values = checkpoint.floats(matrix.name(), (long) row * matrix.columns(), length);
            Int4Blocks.quantise(values, length, packed, scales, Math.toIntExact(row * matrix.blocks()));
            file.write(packed, rows * Int4Blocks.rowBytes(matrix.columns()));
            progress.rows(rows);
        }
        return new Written(place, new FloatTensor(List.of((long) matrix.rows(), matrix.blocks()), scales));
    }

    private void writeNorm(String name) throws IOException, BadArtefactException {
        checkpoint.expect(name, config.hidden());
        file.floats(name, checkpoint.floats(name, 0, config.hidden()), config.hidden());
    }

    /** Tables [context, head / 2]: position p, pair i turns by p * theta^(-2i / head) (Su et al. 2021). */
    private void writeRotary() throws IOException {
        int half = config.headSize() / 2;
        float[] cosine = new float[config.context() * half];
        float[] sine = new float[config.context() * half];
        for (int p = 0; p < config.context(); p++) {
            for (int i = 0; i < half; i++) {
                double angle = p * Math.pow(config.theta(), -2.0 * i / config.headSize());
                cosine[p * half + i] = (float) Math.cos(angle);
                sine[p * half + i] = (float) Math.sin(angle);
            }
        }
        file.floats(COSINE, cosine, config.context(), half);
        file.floats(SINE, sine, config.context(), half);
    }
}
