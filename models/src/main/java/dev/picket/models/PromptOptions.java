package dev.picket.models;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.inference.codec.TaskManifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** What stands around a text. */
final class PromptOptions {
    /** One token before a text and one behind it, which is the least there is. */
    private static final int AROUND = 2;

    @Option(names = "--prefix", defaultValue = "<s>", description = "Stands before the text (${DEFAULT-VALUE}).")
    private String prefix = "";

    @Option(names = "--suffix", defaultValue = "</s>", description = "Stands behind the text (${DEFAULT-VALUE}).")
    private String suffix = "";

    @Option(
            names = "--max-text-tokens",
            defaultValue = "192",
            description = "A longer text keeps its head and tail (${DEFAULT-VALUE}).")
    private int maxTextTokens;

    /**
     * A prompt of a base whose tokenizer knows none of its special tokens would be read letter by letter, and nobody would be told.
     *
     * @param base whose tokenizer.json and context are asked
     */
    TaskManifest.Prompt checked(Path base) throws IOException, BadArtefactException {
        JsonNode added;
        try {
            added = JsonMapper.builder()
                    .build()
                    .readTree(Files.readAllBytes(base.resolve("tokenizer.json")))
                    .path("added_tokens");
        } catch (JsonProcessingException e) {
            throw new BadArtefactException(base.resolve("tokenizer.json") + " is not JSON.", e);
        }
        for (String part : List.of(prefix, suffix)) {
            boolean special = part.matches("</?s>");
            boolean known = false;
            for (JsonNode token : added) {
                known |= token.path("content").asText().equals(part);
            }
            if (special && !known) {
                throw new BadArtefactException("The tokenizer of " + base + " has no token '" + part
                        + "'; say with --prefix and --suffix what stands around a text for this base.");
            }
        }
        int context = BaseFolder.read(base).manifest().contextLength();
        if (maxTextTokens < 1 || maxTextTokens > context - AROUND) {
            throw new BadArtefactException("--max-text-tokens " + maxTextTokens + " leaves the context of " + base
                    + ", " + context + " tokens, no room for what stands around a text; give 1 to "
                    + (context - AROUND) + ".");
        }
        return new TaskManifest.Prompt(prefix, suffix, maxTextTokens);
    }
}
