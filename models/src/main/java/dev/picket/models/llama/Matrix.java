package dev.picket.models.llama;

/**
 * A matrix of a checkpoint.
 *
 * @param path its module, such as {@code model.layers.0.mlp.up_proj}
 * @param rows outputs
 * @param columns inputs
 */
record Matrix(String path, int rows, int columns) {
    /** The tensor's name. */
    String tensor() {
        return path + ".weight";
    }
}
