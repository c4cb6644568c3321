package dev.picket.models;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.codec.BaseFolder;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** {@code picket workshop import} as a person runs it. */
class ImportCommandTest {
    private static final int HIDDEN = 1024;

    @TempDir
    private Path folder;

    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Test
    void aFolderBecomesABaseOfTheAskedPrecisionAndContext() throws Exception {
        zeros("Qwen2ForCausalLM", 4096);
        assertThat(run("--precision", "INT8", "--quantiser", "NEAREST", "--max-context", "100", "--name", "mine"))
                .isZero();
        BaseFolder base = BaseFolder.read(folder.resolve("base"));
        base.verify();
        assertThat(out.toString().strip()).isEqualTo(folder.resolve("base/base.json") + " " + base.digest());
        assertThat(base.manifest().name()).isEqualTo("mine");
        assertThat(base.manifest().contextLength()).isEqualTo(100);
        assertThat(base.manifest().quantisation().scheme()).isEqualTo("int8");
        assertThat(base.manifest().madeBy().path("quantiser").asText()).isEqualTo("nearest");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void withoutOptionsItIsInt4BySearchOf4096Positions() throws Exception {
        zeros("LlamaForCausalLM", 4096);
        assertThat(run("--self-test-up-to", "0")).isZero();
        BaseFolder base = BaseFolder.read(folder.resolve("base"));
        assertThat(base.manifest().quantisation().scheme()).isEqualTo("int4");
        assertThat(base.manifest().madeBy().path("quantiser").asText()).isEqualTo("search");
        assertThat(base.manifest().contextLength()).isEqualTo(4096);
        assertThat(err.toString()).startsWith("base.json has no golden answers").hasLineCount(1);
    }

    @Test
    void anArchitectureThatNobodyExportsIsRefusedInOneSentenceThatNamesIt() throws Exception {
        zeros("GPTNeoXForCausalLM", 4096);
        assertThat(run()).isEqualTo(65);
        assertThat(err.toString().strip())
                .isEqualTo("picket workshop import: " + folder.resolve("hf/config.json")
                        + " names the architecture 'GPTNeoXForCausalLM'; import reads LlamaForCausalLM,"
                        + " MistralForCausalLM, Qwen2ForCausalLM, Qwen3ForCausalLM.");
        assertThat(folder.resolve("base")).doesNotExist();
    }

    @ParameterizedTest
    @CsvSource({"--max-context, 0", "--max-context, 1048577", "--precision, INT2", "--quantiser, BEST"})
    void anOptionOutOfBoundsIsAWrongCommandLine(String option, String value) throws Exception {
        zeros("LlamaForCausalLM", 4096);
        assertThat(run(option, value)).isEqualTo(64);
        assertThat(err.toString()).contains(option);
        assertThat(folder.resolve("base")).doesNotExist();
    }

    /** The embedding alone is 512 MB in float: a run that held a matrix whole would die of this heap. */
    @Test
    void aCheckpointManyTimesBiggerThanTheHeapIsImported() throws Exception {
        zeros("LlamaForCausalLM", 131_072);
        assertThat(Files.size(folder.resolve("hf/model.safetensors"))).isGreaterThan(256 << 20);
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx80m",
                        "-XX:MaxDirectMemorySize=8m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        "dev.picket.models.Workshop",
                        "import",
                        folder.resolve("hf").toString(),
                        "--out",
                        folder.resolve("base").toString(),
                        "--self-test-up-to",
                        "0")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("told").toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue())
                .as(Files.readString(folder.resolve("told")))
                .isZero();
        assertThat(Files.readString(folder.resolve("told"))).contains("hashing", "quantising", "100%");
        BaseFolder.read(folder.resolve("base")).verify();
    }

    private int run(String... options) {
        List<String> arguments = new ArrayList<>(List.of(
                "import",
                folder.resolve("hf").toString(),
                "--out",
                folder.resolve("base").toString()));
        arguments.addAll(List.of(options));
        CommandLine line = Workshop.commandLine();
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        return line.execute(arguments.toArray(String[]::new));
    }

    /** A checkpoint in bfloat16 of one layer, all zeros, as a file with a hole. */
    private void zeros(String architecture, int vocabulary) throws Exception {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        shapes.put("model.embed_tokens.weight", new long[] {vocabulary, HIDDEN});
        shapes.put("model.norm.weight", new long[] {HIDDEN});
        for (String each : List.of("input_layernorm", "post_attention_layernorm")) {
            shapes.put("model.layers.0." + each + ".weight", new long[] {HIDDEN});
        }
        for (String each : List.of("q", "k", "v", "o")) {
            String path = "model.layers.0.self_attn." + each + "_proj";
            shapes.put(path + ".weight", new long[] {HIDDEN, HIDDEN});
            if (architecture.equals("Qwen2ForCausalLM") && !each.equals("o")) {
                shapes.put(path + ".bias", new long[] {HIDDEN});
            }
        }
        for (String each : List.of("gate", "up", "down")) {
            shapes.put("model.layers.0.mlp." + each + "_proj.weight", new long[] {HIDDEN, HIDDEN});
        }
        ObjectNode header = new ObjectMapper().createObjectNode();
        long at = 0;
        for (Map.Entry<String, long[]> each : shapes.entrySet()) {
            ObjectNode told = header.putObject(each.getKey()).put("dtype", "BF16");
            long end = at + 2;
            for (long dimension : each.getValue()) {
                told.withArray("shape").add(dimension);
                end = at + (end - at) * dimension;
            }
            told.putArray("data_offsets").add(at).add(end);
            at = end;
        }
        byte[] json = header.toString().getBytes(UTF_8);
        Files.createDirectories(folder.resolve("hf"));
        try (RandomAccessFile file =
                new RandomAccessFile(folder.resolve("hf/model.safetensors").toFile(), "rw")) {
            file.writeLong(Long.reverseBytes(json.length));
            file.write(json);
            file.setLength(Long.BYTES + json.length + at);
        }
        Files.writeString(folder.resolve("hf/tokenizer.json"), "{}");
        Files.writeString(folder.resolve("hf/config.json"), """
                {"architectures": ["%s"], "vocab_size": %d, "hidden_size": %d, "intermediate_size": %d,
                 "num_hidden_layers": 1, "num_attention_heads": 16, "max_position_embeddings": 8192,
                 "tie_word_embeddings": true}""".formatted(architecture, vocabulary, HIDDEN, HIDDEN));
    }
}
