package dev.picket.models.wrap;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.models.onnx.Attribute;
import dev.picket.models.onnx.ElementType;
import dev.picket.models.onnx.OnnxGraph;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A base as cheap as one can be, as HF Optimum would export it: an encoder that gives a class to a text by adding up what
 * each of its words says for each label.
 */
final class QuickBase {
    static final List<String> LABELS = List.of("ham", "spam", "smishing");

    private static final float WEIGHT = 3;
    private static final String UNKNOWN = "[UNK]";
    /** What speaks for each label; a word that is not here says nothing. */
    private static final List<List<String>> WORDS = List.of(
            List.of("lunch", "noon", "canteen", "coffee", "meeting", "tomorrow", "shift", "thanks"),
            List.of("sale", "discount", "offer", "ringtone", "subscribe"),
            List.of("parcel", "fee", "prize", "claim", "voucher", "bank"));

    private final Path folder;

    QuickBase(Path folder) {
        this.folder = folder;
    }

    /** Writes the export and has it wrapped. */
    void write() throws Exception {
        Files.createDirectories(folder);
        List<String> words = new ArrayList<>(List.of(UNKNOWN));
        WORDS.forEach(words::addAll);
        Files.write(folder.resolve("model.onnx"), graph(words));
        Files.writeString(folder.resolve("tokenizer.json"), tokenizer(words) + "\n");
        Files.writeString(folder.resolve("config.json"), config(words.size()) + "\n");
        new WrappedBase(
                        folder,
                        new WrappedBase.Naming(
                                "picket-quick", "1", "Apache-2.0", Optional.empty(), Optional.empty(), List.of()))
                .write();
    }

    private static byte[] graph(List<String> words) throws IOException {
        OnnxGraph graph = new OnnxGraph("quick");
        graph.input("input_ids", ElementType.INT64, "batch_size", "sequence_length");
        graph.input("attention_mask", ElementType.INT64, "batch_size", "sequence_length");
        graph.constant("classifier.weight", ElementType.FLOAT, weights(words), words.size(), LABELS.size());
        graph.constant("one", ElementType.INT64, raw(1), 1);
        graph.constant("two", ElementType.INT64, raw(2), 1);
        node(graph, "Gather", List.of("classifier.weight", "input_ids"), "said");
        node(graph, "Cast", List.of("attention_mask"), "mask", Attribute.of("to", 1));
        node(graph, "Unsqueeze", List.of("mask", "two"), "mask.wide");
        node(graph, "Mul", List.of("said", "mask.wide"), "counted");
        node(graph, "ReduceSum", List.of("counted", "one"), "logits", Attribute.of("keepdims", 0));
        graph.output("logits", ElementType.FLOAT, "batch_size", LABELS.size());
        return graph.bytes();
    }

    private static void node(OnnxGraph graph, String operator, List<String> in, String out, Attribute... attributes)
            throws IOException {
        graph.node(OnnxGraph.STANDARD, operator, in, List.of(out), attributes);
    }

    private static byte[] weights(List<String> words) {
        ByteBuffer weights =
                ByteBuffer.allocate(words.size() * LABELS.size() * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (String word : words) {
            for (List<String> those : WORDS) {
                weights.putFloat(those.contains(word) ? WEIGHT : 0);
            }
        }
        return weights.array();
    }

    private static byte[] raw(long value) {
        return ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(value)
                .array();
    }

    private static String tokenizer(List<String> words) {
        ObjectNode json = JsonMapper.builder().build().createObjectNode().put("version", "1.0");
        json.putNull("truncation").putNull("padding").putArray("added_tokens");
        json.putObject("normalizer").put("type", "Lowercase");
        json.putObject("pre_tokenizer").put("type", "Whitespace");
        json.putNull("post_processor").putNull("decoder");
        ObjectNode model = json.putObject("model").put("type", "WordLevel").put("unk_token", UNKNOWN);
        ObjectNode vocabulary = model.putObject("vocab");
        for (String word : words) {
            vocabulary.put(word, vocabulary.size());
        }
        return json.toPrettyString();
    }

    private static String config(int words) {
        ObjectNode json = JsonMapper.builder().build().createObjectNode();
        json.putArray("architectures").add("BertForSequenceClassification");
        json.put("vocab_size", words).put("max_position_embeddings", 512);
        ObjectNode names = json.putObject("id2label");
        LABELS.forEach(label -> names.put(Integer.toString(names.size()), label));
        return json.toPrettyString();
    }

    /** Each file of the folder. */
    Map<String, byte[]> files() throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path each : all.toList()) {
                files.put(String.valueOf(each.getFileName()), Files.readAllBytes(each));
            }
        }
        return files;
    }
}
