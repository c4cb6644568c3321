package dev.picket.models.llama;

import dev.picket.inference.BadArtefactException;
import java.util.ArrayList;
import java.util.List;

/** The tensors that a decoder of that configuration has, by the names of Hugging Face's checkpoints. */
record LlamaTensors(LlamaConfig config) {
    static final String EMBEDDING = "model.embed_tokens";
    static final String HEAD = "lm_head";
    static final String NORM = "model.norm.weight";

    /** A tensor of one dimension. */
    record Vector(String name, int length) {}

    Matrix embedding() {
        return new Matrix(EMBEDDING, config.vocabulary(), config.hidden());
    }

    /** What logits are made with; where it is tied the checkpoint has none. */
    Matrix head() {
        return new Matrix(HEAD, config.vocabulary(), config.hidden());
    }

    List<Vector> norms() {
        List<Vector> norms = new ArrayList<>();
        for (int i = 0; i < config.layers(); i++) {
            String layer = "model.layers." + i;
            norms.add(new Vector(layer + ".input_layernorm.weight", config.hidden()));
            norms.add(new Vector(layer + ".post_attention_layernorm.weight", config.hidden()));
            if (config.architecture().hasHeadNorms()) {
                norms.add(new Vector(layer + ".self_attn.q_norm.weight", config.headSize()));
                norms.add(new Vector(layer + ".self_attn.k_norm.weight", config.headSize()));
            }
        }
        norms.add(new Vector(NORM, config.hidden()));
        return norms;
    }

    /** Every matrix that is read, in the order in which it is. */
    List<Matrix> matrices() {
        List<Matrix> matrices = new ArrayList<>(List.of(embedding()));
        if (!config.tied()) {
            matrices.add(head());
        }
        Projection.all(config).forEach(each -> matrices.add(each.matrix()));
        return matrices;
    }

    /** Rows of all matrices: what the progress adds up to. */
    long rows() {
        return matrices().stream().mapToLong(Matrix::rows).sum();
    }

    /** Holds a checkpoint against this before any of it is read, so that nothing comes up after an hour of work. */
    void expect(Checkpoint checkpoint) throws BadArtefactException {
        for (Matrix each : matrices()) {
            checkpoint.expect(each.tensor(), each.rows(), each.columns());
        }
        for (Vector each : norms()) {
            checkpoint.expect(each.name(), each.length());
        }
        for (Projection each : Projection.all(config)) {
            if (each.bias() != null) {
                checkpoint.expect(each.bias(), each.matrix().rows());
            }
        }
        checkpoint.expectNoMore();
    }
}
