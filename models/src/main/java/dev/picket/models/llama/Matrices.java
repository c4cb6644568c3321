package dev.picket.models.llama;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.models.onnx.OnnxGraph;
import dev.picket.models.onnx.WeightFile;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** How matrices lie in the weight file, and by which operators the graph reads them. */
sealed interface Matrices permits QuantisedMatrices, FloatMatrices {
    /** What base.json says of them. */
    BaseManifest.Quantisation described();

    /** Writes a matrix that is multiplied by, and names it in the graph. */
    void writeFactor(Matrix matrix, RowBlocks from, WeightFile to) throws IOException, BadArtefactException;

    /**
     * Writes a matrix that rows are looked up in, and names it in the graph.
     *
     * @param factor path under which the same bytes are multiplied by as well; null where they are not
     */
    void writeTable(Matrix matrix, @Nullable String factor, RowBlocks from, WeightFile to)
            throws IOException, BadArtefactException;

    /** Rows of a table by their numbers. */
    void rows(OnnxGraph graph, Matrix matrix, String numbers, String out) throws IOException;

    /**
     * W x, and a bias.
     *
     * @param bias its name in the graph; null for none
     */
    void product(OnnxGraph graph, Matrix matrix, @Nullable String bias, String in, String out) throws IOException;
}
