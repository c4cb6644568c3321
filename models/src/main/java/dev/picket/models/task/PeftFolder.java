package dev.picket.models.task;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.AdapterFile;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.HeapRoom;
import dev.picket.inference.codec.Safetensors;
import dev.picket.inference.codec.TensorInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A LoRA adapter as Hugging Face's PEFT saves it:
 *
 * <pre>
 *   adapter_config.json         peft_type LORA, r, lora_alpha, rank_pattern, alpha_pattern, use_rslora, modules_to_save
 *   adapter_model.safetensors   base_model.model.{module}.lora_A.weight [r, in], .lora_B.weight [out, r],
 *                               base_model.model.{score|classifier|head}.weight [labels, hidden], .bias [labels]
 * </pre>
 *
 * The device's graph takes A as [in, r] and B as [r, out], with the {@link PeftConfig}'s scale folded into B. A tensor that is neither of a
 * pair nor of the head is refused by its name: it would be left out without a word.
 */
public final class PeftFolder {
    private static final String PREFIX = "base_model.model.";
    private static final String CONFIG = "adapter_config.json";
    private static final String WEIGHTS = "adapter_model.safetensors";
    private static final String A = ".lora_A.weight";
    private static final String B = ".lora_B.weight";
    private static final int MAX_CONFIG_BYTES = 1 << 20;
    private static final int MAX_BYTES = 256 << 20;
    private static final int MAX_HEADER_BYTES = 16 << 20;
    private static final int MAX_TENSORS = 1 << 15;
    /** As they are read, turned round, and as the adapter file's bytes. */
    private static final int IN_HEAP = 3;

    private final Path folder;
    private final PeftConfig config;
    private final Map<String, FloatTensor> tensors = new LinkedHashMap<>();

    /** Reads both files whole and refuses variants of LoRA that would compute something else. */
    public PeftFolder(Path folder) throws IOException, BadArtefactException {
        this(folder, HeapRoom.ofThisProcess());
    }

    PeftFolder(Path folder, HeapRoom room) throws IOException, BadArtefactException {
        this.folder = folder;
        this.config = PeftConfig.read(folder.resolve(CONFIG), read(CONFIG, MAX_CONFIG_BYTES));
        try (Safetensors file = Safetensors.of(WEIGHTS, read(WEIGHTS, MAX_BYTES), MAX_HEADER_BYTES, MAX_TENSORS)) {
            long numbers = file.tensors().values().stream()
                    .mapToLong(TensorInfo::count)
                    .sum();
            room.require("As float32 " + folder.resolve(WEIGHTS), Float.BYTES * numbers, IN_HEAP);
            for (String name : file.tensors().keySet()) {
                String plain = name.replace(".modules_to_save.default", "").replace(".default.", ".");
                FloatTensor tensor = file.floats(name);
                requireFinite(name, tensor);
                require(tensors.put(plain, tensor) == null, "it holds '" + plain + "' twice");
            }
        }
        for (String name : tensors.keySet()) {
            requireKnown(name);
        }
    }

    private byte[] read(String name, int most) throws IOException, BadArtefactException {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new BadArtefactException(
                    file + " is not there; give a PEFT folder with " + CONFIG + " and " + WEIGHTS + ".");
        }
        if (Files.size(file) > most) {
            throw new BadArtefactException(
                    file + " has " + Files.size(file) + " bytes, more than the limit of " + most + ".");
        }
        return Files.readAllBytes(file);
    }

    private void requireFinite(String name, FloatTensor tensor) throws BadArtefactException {
        for (float value : tensor.values()) {
            require(Float.isFinite(value), "'" + name + "' holds " + value);
        }
    }

    private void requireKnown(String name) throws BadArtefactException {
        require(!name.contains("lora_embedding_"), "'" + name + "' is LoRA of an embedding, which is not supported");
        require(!name.contains("lora_magnitude_vector"), "'" + name + "' is DoRA's, which is not supported");
        boolean pair = name.endsWith(A) || name.endsWith(B);
        boolean head = PeftConfig.HEADS.stream()
                .anyMatch(each -> name.equals(PREFIX + each + ".weight") || name.equals(PREFIX + each + ".bias"));
        require(
                name.startsWith(PREFIX) && (pair || head),
                "'" + name + "' is neither of a LoRA pair nor the weight or bias of a head ("
                        + String.join(", ", PeftConfig.HEADS) + ")");
    }

    /** The LoRA pairs under the graph's names; a pair for a module that the base does not adapt is refused. */
    public AdapterFile adapter(BaseManifest base) throws BadArtefactException {
        Map<String, FloatTensor> parameters = new LinkedHashMap<>();
        for (String module : base.graph().adapters()) {
            FloatTensor a = tensors.get(PREFIX + module + A);
            FloatTensor b = tensors.get(PREFIX + module + B);
            require((a == null) == (b == null), module + " has one half of a LoRA pair only");
            if (a != null && b != null) {
                parameters.put(module + ".lora_A", turned(module, a, 0, 1));
                parameters.put(module + ".lora_B", turned(module, b, 1, config.scale(module)));
            }
        }
        for (String name : tensors.keySet()) {
            String input = name.replace(PREFIX, "").replace(".weight", "");
            require(
                    !name.contains(".lora_") || parameters.containsKey(input),
                    input + " is for a module that the base " + base.name() + " does not adapt");
        }
        require(!parameters.isEmpty(), "it holds no LoRA pair");
        return new AdapterFile(1, parameters);
    }

    /** The matrix the other way round, times a factor; the rank must lie in the given dimension. */
    private FloatTensor turned(String module, FloatTensor tensor, int rankAt, double factor)
            throws BadArtefactException {
        int rank = config.rank(module);
        require(
                tensor.shape().size() == 2 && tensor.shape().get(rankAt) == rank,
                module + " has a LoRA matrix of shape " + tensor.shape() + " where its rank is " + rank);
        int rows = Math.toIntExact(tensor.shape().getFirst());
        int columns = Math.toIntExact(tensor.shape().getLast());
        float[] turned = new float[rows * columns];
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                turned[column * rows + row] = (float) (tensor.values()[row * columns + column] * factor);
            }
        }
        return new FloatTensor(List.of((long) columns, (long) rows), turned);
    }

    /** The head as head.safetensors has it: weight [labels, hidden] and bias [labels], zeros where none was saved. */
    public Map<String, FloatTensor> head(int labels, int hidden) throws BadArtefactException {
        List<String> found = PeftConfig.HEADS.stream()
                .filter(each -> tensors.containsKey(PREFIX + each + ".weight"))
                .toList();
        if (found.isEmpty()) {
            throw new BadArtefactException(
                    folder + " holds no head; list one of " + PeftConfig.HEADS + " in modules_to_save.");
        }
        require(found.size() == 1, "it holds the heads " + found + ", and a task has one");
        String name = PREFIX + found.getFirst();
        FloatTensor weight = Optional.ofNullable(tensors.get(name + ".weight")).orElseThrow();
        FloatTensor bias =
                tensors.getOrDefault(name + ".bias", new FloatTensor(List.of((long) labels), new float[labels]));
        require(
                weight.shape().equals(List.of((long) labels, (long) hidden)),
                "the head has the shape " + weight.shape() + ", the labels and the base ask for [" + labels + ", "
                        + hidden + "]");
        require(
                bias.shape().equals(List.of((long) labels)),
                "the head's bias has the shape " + bias.shape() + ", the labels ask for [" + labels + "]");
        Map<String, FloatTensor> head = new LinkedHashMap<>();
        head.put("weight", weight);
        head.put("bias", bias);
        return head;
    }

    private void require(boolean held, String what) throws BadArtefactException {
        if (!held) {
            throw new BadArtefactException(folder + " cannot be made into a task: " + what + ".");
        }
    }
}
