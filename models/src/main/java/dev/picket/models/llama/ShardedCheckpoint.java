package dev.picket.models.llama;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.Safetensors;
import dev.picket.inference.codec.TensorInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;

/** A checkpoint on disk, in one file or several. */
final class ShardedCheckpoint implements Checkpoint {
    /** A decoder of 126 layers has a header of 0.2 MB; read into memory as a tree it takes some twenty times its length. */
    private static final int MAX_HEADER_BYTES = 8 << 20;

    private static final int MAX_TENSORS = 1 << 16;

    private final List<Safetensors> shards = new ArrayList<>();
    private final Map<String, Shard> byTensor = new TreeMap<>();
    private final Set<String> expected = new HashSet<>();

    private record Shard(Path file, Safetensors tensors) {}

    private ShardedCheckpoint() {}

    static ShardedCheckpoint open(List<Path> files) throws BadArtefactException, IOException {
        ShardedCheckpoint checkpoint = new ShardedCheckpoint();
        boolean whole = false;
        try {
            for (Path file : files) {
                checkpoint.add(file);
            }
            whole = true;
            return checkpoint;
        } finally {
            if (!whole) {
                checkpoint.close();
            }
        }
    }

    private void add(Path file) throws BadArtefactException, IOException {
        Safetensors tensors = Safetensors.open(file, MAX_HEADER_BYTES, MAX_TENSORS);
        shards.add(tensors);
        for (String name : tensors.tensors().keySet()) {
            Shard other = byTensor.put(name, new Shard(file, tensors));
            if (other != null) {
                throw new BadArtefactException(
                        name + " lies in " + other.file() + " and in " + file + "; it must be in one of them.");
            }
        }
    }

    @Override
    public void expect(String name, long... shape) throws BadArtefactException {
        Shard shard = byTensor.get(name);
        if (shard == null) {
            throw new BadArtefactException(
                    "The checkpoint has no tensor " + name + ", which its config.json asks for.");
        }
        TensorInfo info = Objects.requireNonNull(shard.tensors().tensors().get(name));
        List<Long> asked = Arrays.stream(shape).boxed().toList();
        if (!info.shape().equals(asked)) {
            throw new BadArtefactException(name + " in " + shard.file() + " has the shape " + info.shape()
                    + ", but config.json asks for " + asked + ".");
        }
        if (!info.type().isFloat()) {
            throw new BadArtefactException(name + " in " + shard.file() + " is of type " + info.type()
                    + "; F32, F16 or BF16 is needed, so give the checkpoint from before it was quantised.");
        }
        expected.add(name);
    }

    /** Old checkpoints carry the rotary frequencies, which config.json says as well, and some a tied matrix a second time. */
    @Override
    public void expectNoMore() throws BadArtefactException {
        for (Map.Entry<String, Shard> each : byTensor.entrySet()) {
            String name = each.getKey();
            boolean counts = name.startsWith("model.") || name.startsWith("lm_head.");
            boolean known = name.endsWith(".rotary_emb.inv_freq") || name.equals("lm_head.weight");
            if (counts && !known && !expected.contains(name)) {
                throw new BadArtefactException(each.getValue().file() + " has the tensor " + name
                        + ", which the architecture in its config.json does not use; it would be left out, and every"
                        + " answer with it would be another.");
            }
        }
    }

    /** Infinities and NaN are refused. */
    @Override
    public float[] floats(String name, long first, int count) throws BadArtefactException, IOException {
        Shard shard = Objects.requireNonNull(byTensor.get(name), name);
        float[] values = shard.tensors().floats(name, first, count);
        for (int i = 0; i < count; i++) {
            if (!Float.isFinite(values[i])) {
                throw new BadArtefactException(name + " in " + shard.file()
                        + " holds a number that is not finite, at place " + (first + i)
                        + "; such a model cannot be used.");
            }
        }
        return values;
    }

    @Override
    public void close() throws IOException {
        for (Safetensors each : shards) {
            each.close();
        }
    }
}
