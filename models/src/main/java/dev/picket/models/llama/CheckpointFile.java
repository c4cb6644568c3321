package dev.picket.models.llama;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.Safetensors;
import dev.picket.inference.codec.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A checkpoint on disk. */
final class CheckpointFile implements Checkpoint {
    private static final int MAX_HEADER_BYTES = 64 << 20;
    private static final int MAX_TENSORS = 1 << 16;

    private final Path file;
    private final Safetensors tensors;

    CheckpointFile(Path file) throws BadArtefactException, IOException {
        this.file = file;
        this.tensors = Safetensors.open(file, MAX_HEADER_BYTES, MAX_TENSORS);
    }

    @Override
    public void expect(String name, long... shape) throws BadArtefactException {
        TensorInfo info = tensors.tensors().get(name);
        if (info == null) {
            throw new BadArtefactException(file + " has no tensor " + name + ", which its config.json asks for.");
        }
        List<Long> asked = Arrays.stream(shape).boxed().toList();
        if (!info.shape().equals(asked)) {
            throw new BadArtefactException(name + " in " + file + " has the shape " + info.shape()
                    + ", but config.json asks for " + asked + ".");
        }
    }

    /** Infinities and NaN are refused. */
    @Override
    public float[] floats(String name, long first, int count) throws BadArtefactException, IOException {
        float[] values = tensors.floats(name, first, count);
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values[i])) {
                throw new BadArtefactException(name + " in " + file + " holds a number that is not finite, at place "
                        + (first + i) + "; such a model cannot be used.");
            }
        }
        return values;
    }

    @Override
    public void close() throws IOException {
        tensors.close();
    }
}
