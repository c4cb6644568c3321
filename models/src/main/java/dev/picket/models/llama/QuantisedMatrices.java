package dev.picket.models.llama;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.models.onnx.Attribute;
import dev.picket.models.onnx.ElementType;
import dev.picket.models.onnx.OnnxGraph;
import dev.picket.models.onnx.WeightFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * In blocks: {@code {path}.s} [rows, blocks], the scales, and {@code {path}.q}, which is [rows, bytes of a row] to look rows up
 * in and [rows, blocks, bytes of a block] to multiply by. These are the same bytes, so a matrix that is both is stored once.
 */
final class QuantisedMatrices implements Matrices {
    private final Blocks blocks;
    private final int accuracyLevel;

    /**
     * @param accuracyLevel of {@code MatMulNBits}: 4 computes with int8 activations, 1 with float
     */
    QuantisedMatrices(Blocks blocks, int accuracyLevel) {
        this.blocks = blocks;
        this.accuracyLevel = accuracyLevel;
    }

    @Override
    public BaseManifest.Quantisation described() {
        return new BaseManifest.Quantisation("int" + blocks.bits(), Blocks.BLOCK, true, accuracyLevel);
    }

    private record Written(WeightFile.Place levels, WeightFile.Place scales) {}

    @Override
    public void writeFactor(Matrix matrix, RowBlocks from, WeightFile to) throws IOException, BadArtefactException {
        Written written = write(matrix, from, to);
        nameFactor(to, written.levels(), matrix, matrix.path());
    }

    @Override
    public void writeTable(Matrix matrix, @Nullable String factor, RowBlocks from, WeightFile to)
            throws IOException, BadArtefactException {
        Written written = write(matrix, from, to);
        to.name(
                written.levels(),
                matrix.path() + ".q",
                ElementType.UINT8,
                matrix.rows(),
                blocks.rowBytes(matrix.columns()));
        if (factor != null) {
            to.name(written.scales(), factor + ".s", ElementType.FLOAT, matrix.rows(), perRow(matrix));
            nameFactor(to, written.levels(), matrix, factor);
        }
    }

    private void nameFactor(WeightFile to, WeightFile.Place levels, Matrix matrix, String path) throws IOException {
        to.name(levels, path + ".q", ElementType.UINT8, matrix.rows(), perRow(matrix), blocks.blockBytes());
    }

    /** The scales come behind the levels, so those of one matrix are held: 4 bytes for 32 weights. */
    private Written write(Matrix matrix, RowBlocks from, WeightFile to) throws IOException, BadArtefactException {
        int rowBytes = blocks.rowBytes(matrix.columns());
        float[] scales = new float[Math.multiplyExact(matrix.rows(), perRow(matrix))];
        byte[] packed = new byte[Math.multiplyExact(from.rowsAtOnce(matrix), rowBytes)];
        WeightFile.Place levels = to.place();
        from.read(matrix, (values, firstRow, rows) -> {
            blocks.quantise(values, packed, scales, firstRow * perRow(matrix));
            to.write(packed, rows * rowBytes);
        });
        return new Written(levels, to.floats(matrix.path() + ".s", scales, matrix.rows(), perRow(matrix)));
    }

    private static int perRow(Matrix matrix) {
        return matrix.columns() / Blocks.BLOCK;
    }

    @Override
    public void rows(OnnxGraph graph, Matrix matrix, String numbers, String out) throws IOException {
        graph.node(
                OnnxGraph.MICROSOFT,
                "GatherBlockQuantized",
                List.of(matrix.path() + ".q", numbers, matrix.path() + ".s"),
                List.of(out),
                Attribute.of("gather_axis", 0),
                Attribute.of("quantize_axis", 1),
                Attribute.of("block_size", Blocks.BLOCK),
                Attribute.of("bits", blocks.bits()));
    }

    @Override
    public void product(OnnxGraph graph, Matrix matrix, @Nullable String bias, String in, String out)
            throws IOException {
        List<String> inputs = new ArrayList<>(List.of(in, matrix.path() + ".q", matrix.path() + ".s"));
        if (bias != null) {
            inputs.addAll(List.of("", "", bias));
        }
        graph.node(
                OnnxGraph.MICROSOFT,
                "MatMulNBits",
                inputs,
                List.of(out),
                Attribute.of("K", matrix.columns()),
                Attribute.of("N", matrix.rows()),
                Attribute.of("bits", blocks.bits()),
                Attribute.of("block_size", Blocks.BLOCK),
                Attribute.of("accuracy_level", accuracyLevel));
    }
}
