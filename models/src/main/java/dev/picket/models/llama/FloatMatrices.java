package dev.picket.models.llama;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.models.onnx.Attribute;
import dev.picket.models.onnx.ElementType;
import dev.picket.models.onnx.OnnxGraph;
import dev.picket.models.onnx.WeightFile;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** As the checkpoint has them, in float32: {@code {path}.w} [rows, columns], turned when the graph is loaded. */
final class FloatMatrices implements Matrices {
    @Override
    public BaseManifest.Quantisation described() {
        return new BaseManifest.Quantisation("none", 0, true, 0);
    }

    @Override
    public void writeFactor(Matrix matrix, RowBlocks from, WeightFile to) throws IOException, BadArtefactException {
        writeTable(matrix, null, from, to);
    }

    @Override
    public void writeTable(Matrix matrix, @Nullable String factor, RowBlocks from, WeightFile to)
            throws IOException, BadArtefactException {
        WeightFile.Place place = to.place();
        from.read(matrix, (values, _, _) -> to.write(values));
        to.name(place, matrix.path() + ".w", ElementType.FLOAT, matrix.rows(), matrix.columns());
        if (factor != null) {
            to.name(place, factor + ".w", ElementType.FLOAT, matrix.rows(), matrix.columns());
        }
    }

    @Override
    public void rows(OnnxGraph graph, Matrix matrix, String numbers, String out) throws IOException {
        graph.node(
                OnnxGraph.STANDARD,
                "Gather",
                List.of(matrix.path() + ".w", numbers),
                List.of(out),
                Attribute.of("axis", 0));
    }

    @Override
    public void product(OnnxGraph graph, Matrix matrix, @Nullable String bias, String in, String out)
            throws IOException {
        String turned = matrix.path() + ".turned";
        String bare = bias == null ? out : out + ".bare";
        graph.node(OnnxGraph.STANDARD, "Transpose", List.of(matrix.path() + ".w"), List.of(turned));
        graph.node(OnnxGraph.STANDARD, "MatMul", List.of(in, turned), List.of(bare));
        if (bias != null) {
            graph.node(OnnxGraph.STANDARD, "Add", List.of(bare, bias), List.of(out));
        }
    }
}
