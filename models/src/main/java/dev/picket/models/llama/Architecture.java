package dev.picket.models.llama;

import dev.picket.inference.BadArtefactException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Decoders of the Llama family by their name in config.json, with what sets each apart from the first. */
enum Architecture {
    LLAMA("LlamaForCausalLM", false, false),
    MISTRAL("MistralForCausalLM", false, false),
    QWEN2("Qwen2ForCausalLM", true, false),
    QWEN3("Qwen3ForCausalLM", false, true);

    private final String title;
    private final boolean attentionBias;
    private final boolean headNorms;

    Architecture(String title, boolean attentionBias, boolean headNorms) {
        this.title = title;
        this.attentionBias = attentionBias;
        this.headNorms = headNorms;
    }

    /**
     * The one of that name.
     *
     * @param file that says so, for the message
     */
    static Architecture of(String title, Path file) throws BadArtefactException {
        return Arrays.stream(values())
                .filter(each -> each.title.equals(title))
                .findFirst()
                .orElseThrow(() -> new BadArtefactException(file + " names the architecture '" + title
                        + "'; import reads "
                        + Arrays.stream(values()).map(each -> each.title).collect(Collectors.joining(", ")) + "."));
    }

    /** Whether queries, keys and values have a bias. */
    boolean hasAttentionBias() {
        return attentionBias;
    }

    /** Whether each head's queries and keys are normed before they are turned. */
    boolean hasHeadNorms() {
        return headNorms;
    }

    @Override
    public String toString() {
        return title;
    }
}
