package dev.picket.models.task;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.AdapterFile;
import dev.picket.inference.codec.BaseManifest;
import dev.picket.inference.codec.FloatTensor;
import dev.picket.inference.codec.Safetensors;
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
 *   adapter_config.json         peft_type LORA, r, lora_alpha, modules_to_save
 *   adapter_model.safetensors   base_model.model.{module}.lora_A.weight [r, in], .lora_B.weight [out, r],
 *                               base_model.model.{score|classifier|head}.weight [labels, hidden], .bias [labels]
 * </pre>
 *
 * The device's graph takes A as [in, r] and B as [r, out], with lora_alpha / r folded into B.
 */
public final class PeftFolder {
    private static final String PREFIX = "base_model.model.";
    private static final List<String> HEADS = List.of("score", "classifier", "head");
    private static final int MAX_BYTES = 256 << 20;
    private static final int MAX_HEADER_BYTES = 16 << 20;
    private static final int MAX_TENSORS = 1 << 15;

    private final Path folder;
    private final Map<String, FloatTensor> tensors = new LinkedHashMap<>();
    private final int rank;
    private final double alpha;

    /** Reads both files whole and refuses variants of LoRA that would compute something else. */
    public PeftFolder(Path folder) throws IOException, BadArtefactException {
        this.folder = folder;
        JsonNode config = config();
        require("LORA".equals(config.path("peft_type").asText()), "peft_type must be LORA");
        require("none".equals(config.path("bias").asText("none")), "bias must be none");
        for (String flag : List.of("use_dora", "use_rslora", "fan_in_fan_out")) {
            require(!config.path(flag).asBoolean(false), flag + " is not supported");
        }
        for (String pattern : List.of("rank_pattern", "alpha_pattern")) {
            require(config.path(pattern).isEmpty(), pattern + " is not supported");
        }
        rank = config.path("r").asInt();
        alpha = config.path("lora_alpha").asDouble(rank);
        require(rank > 0 && alpha > 0, "r and lora_alpha must be positive");
        try (Safetensors file = Safetensors.of(
                "adapter_model.safetensors", read("adapter_model.safetensors"), MAX_HEADER_BYTES, MAX_TENSORS)) {
            for (String name : file.tensors().keySet()) {
                tensors.put(name.replace(".modules_to_save.default", "").replace(".default.", "."), file.floats(name));
            }
        }
    }

    private JsonNode config() throws IOException, BadArtefactException {
        try {
            return JsonMapper.builder().build().readTree(read("adapter_config.json"));
        } catch (JsonProcessingException e) {
            throw new BadArtefactException(folder.resolve("adapter_config.json") + " is not JSON.", e);
        }
    }

    private byte[] read(String name) throws IOException, BadArtefactException {
        Path file = folder.resolve(name);
        if (!Files.isRegularFile(file)) {
            throw new BadArtefactException(
                    file + " is not there; give a PEFT folder with adapter_config.json and adapter_model.safetensors.");
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new BadArtefactException(
                    file + " has " + Files.size(file) + " bytes, more than the limit of " + MAX_BYTES + ".");
        }
        return Files.readAllBytes(file);
    }

    /** The LoRA pairs under the graph's names; a pair for a module that the base does not adapt is refused. */
    public AdapterFile adapter(BaseManifest base) throws BadArtefactException {
        Map<String, FloatTensor> parameters = new LinkedHashMap<>();
        for (String module : base.graph().adapters()) {
            FloatTensor a = tensors.get(PREFIX + module + ".lora_A.weight");
            FloatTensor b = tensors.get(PREFIX + module + ".lora_B.weight");
            require((a == null) == (b == null), module + " has one half of a LoRA pair only");
            if (a != null && b != null) {
                parameters.put(module + ".lora_A", turned(module, a, 0, 1));
                parameters.put(module + ".lora_B", turned(module, b, 1, alpha / rank));
            }
        }
        for (String name : tensors.keySet()) {
            String input = name.replace(PREFIX, "").replace(".weight", "");
            require(
                    !name.contains(".lora_") || parameters.containsKey(input),
                    input + " is for a module that the base " + base.name() + " does not adapt");
        }
        return new AdapterFile(1, parameters);
    }

    /** The matrix the other way round, times a factor; the rank must lie in the given dimension. */
    private FloatTensor turned(String module, FloatTensor tensor, int rankAt, double factor)
            throws BadArtefactException {
        require(
                tensor.shape().size() == 2 && tensor.shape().get(rankAt) == rank,
                module + " has a LoRA matrix of shape " + tensor.shape() + " where r is " + rank);
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
        String name = HEADS.stream()
                .filter(each -> tensors.containsKey(PREFIX + each + ".weight"))
                .findFirst()
                .orElseThrow(() -> new BadArtefactException(
                        folder + " holds no head; list one of " + HEADS + " in modules_to_save."));
        Map<String, FloatTensor> head = new LinkedHashMap<>();
        FloatTensor weight =
                Optional.ofNullable(tensors.get(PREFIX + name + ".weight")).orElseThrow();
        FloatTensor bias = tensors.getOrDefault(
                PREFIX + name + ".bias", new FloatTensor(List.of((long) labels), new float[labels]));
        require(
                weight.shape().equals(List.of((long) labels, (long) hidden))
                        && bias.shape().equals(List.of((long) labels)),
                "the head has the shape " + weight.shape() + ", the labels and the base ask for [" + labels + ", "
                        + hidden + "]");
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
