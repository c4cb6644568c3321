package dev.picket.inference.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtLoraAdapter;
import com.google.flatbuffers.FlatBufferBuilder;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.JsonDamage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorFilesTest {
    private static final Map<String, FloatTensor> TWO = two();

    private static Map<String, FloatTensor> two() {
        Map<String, FloatTensor> tensors = new LinkedHashMap<>();
        tensors.put("a.lora_A", new FloatTensor(List.of(2L, 3L), new float[] {1, -2, 3.5f, 0, 5, Float.MIN_VALUE}));
        tensors.put("a.lora_B", new FloatTensor(List.of(3L, 1L), new float[] {7, 8, 9}));
        return tensors;
    }

    private static Safetensors safetensors(byte[] bytes) throws BadArtefactException {
        return Safetensors.of("head", bytes, 1 << 16, 100);
    }

    @Test
    void tensorsWrittenAndReadAreTheSame() throws Exception {
        try (Safetensors read = safetensors(Safetensors.write(TWO))) {
            assertThat(read.tensors().keySet()).containsExactly("a.lora_A", "a.lora_B");
            for (Map.Entry<String, FloatTensor> written : TWO.entrySet()) {
                FloatTensor tensor = read.floats(written.getKey());
                assertThat(tensor.shape()).isEqualTo(written.getValue().shape());
                assertThat(tensor.values()).isEqualTo(written.getValue().values());
            }
            assertThat(read.floats("a.lora_A", 2, 3)).containsExactly(3.5f, 0, 5);
        }
    }

    @Test
    void aFileIsReadByPiecesFromDisk(@TempDir Path folder) throws Exception {
        Path file = Files.write(folder.resolve("x.safetensors"), Safetensors.write(TWO));
        try (Safetensors read = Safetensors.open(file, 1 << 16, 100)) {
            assertThat(read.floats("a.lora_B", 1, 2)).containsExactly(8, 9);
        }
    }

    @Test
    void halfPrecisionIsWidenedExactly() throws Exception {
        String header =
                "{\"h\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"BF16\",\"shape\":[1],\"data_offsets\":[4,6]}}";
        byte[] bytes = file(header, new byte[] {0x00, 0x3c, 0x01, 0x00, (byte) 0x80, (byte) 0xbf});
        try (Safetensors read = safetensors(bytes)) {
            assertThat(read.floats("h").values()).containsExactly(1f, 5.9604645e-8f);
            assertThat(read.floats("b").values()).containsExactly(-1f);
        }
    }

    @Test
    void aHoleAnOverlapOrAWrongSizeIsRefused() {
        refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "begins at 4");
        refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "the shape needs 8");
        refused("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 8, "8 follow the header");
        refused(
                "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387905,4],\"data_offsets\":[0,16]}}",
                16,
                "more than any file");
    }

    private static void refused(String header, int data, String why) {
        assertThatThrownBy(() -> safetensors(file(header, new byte[data])))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining(why);
    }

    private static byte[] file(String header, byte[] data) {
        byte[] json = header.getBytes(UTF_8);
        return ByteBuffer.allocate(8 + json.length + data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(json.length)
                .put(json)
                .put(data)
                .array();
    }

    @Test
    void anAdapterWrittenAndReadIsTheSame() throws Exception {
        AdapterFile read = AdapterFile.parse("adapter", new AdapterFile(3, TWO).toBytes());
        assertThat(read.adapterVersion()).isEqualTo(3);
        assertThat(read.parameters().keySet()).containsExactlyElementsOf(TWO.keySet());
        read.parameters().forEach((name, tensor) -> {
            FloatTensor written = Objects.requireNonNull(TWO.get(name));
            assertThat(tensor.shape()).isEqualTo(written.shape());
            assertThat(tensor.values()).isEqualTo(written.values());
        });
    }

    /** A small file could stand for gigabytes otherwise. */
    @Test
    void parametersThatShareBytesAreRefused() {
        FlatBufferBuilder builder = new FlatBufferBuilder(1 << 12);
        int data = builder.createByteVector(new byte[400]);
        builder.startVector(Long.BYTES, 1, Long.BYTES);
        builder.addLong(100);
        int dims = builder.endVector();
        int[] tables = new int[8];
        for (int i = 0; i < tables.length; i++) {
            int name = builder.createString("p" + i);
            builder.startTable(AdapterFile.FIELDS);
            builder.addOffset(0, name, 0);
            builder.addOffset(1, dims, 0);
            builder.addInt(2, AdapterFile.FLOAT, 0);
            builder.addOffset(3, data, 0);
            tables[i] = builder.endTable();
        }
        int vector = builder.createVectorOfTables(tables);
        builder.startTable(AdapterFile.FIELDS);
        builder.addInt(0, AdapterFile.FORMAT_VERSION, 0);
        builder.addOffset(3, vector, 0);
        builder.finish(builder.endTable(), AdapterFile.IDENTIFIER);
        assertThatThrownBy(() -> AdapterFile.parse("adapter", builder.sizedByteArray()))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageStartingWith("adapter is damaged: its parameters share bytes, from 'p");
    }

    @Test
    void onnxRuntimeTakesTheAdapterThatWeWrite() throws Exception {
        OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR, "picket");
        try (OrtLoraAdapter adapter = OrtLoraAdapter.create(new AdapterFile(1, TWO).toBytes())) {
            assertThat(adapter).isNotNull();
        }
    }

    @Property(tries = 5000)
    void aDamagedFileGivesTheTypedFaultOrAnother(
            @ForAll @IntRange(max = 400) int at, @ForAll byte value, @ForAll @IntRange(max = 40) int drop) {
        ManifestTest.damagedParses(Safetensors.write(TWO), at, value, drop, TensorFilesTest::safetensors);
        ManifestTest.damagedParses(
                new AdapterFile(1, TWO).toBytes(), at, value, drop, bytes -> AdapterFile.parse("adapter", bytes));
    }

    @Property(tries = 2000)
    void aHeaderWithOddValuesIsRefusedOrItsTensorsAreRead(@ForAll long seed) throws Exception {
        byte[] whole = Safetensors.write(TWO, Map.of("wide.buckets", new int[] {1, 2, 3}));
        int length = (int) ByteBuffer.wrap(whole).order(ByteOrder.LITTLE_ENDIAN).getLong();
        byte[] header = JsonDamage.of(Arrays.copyOfRange(whole, 8, 8 + length), seed);
        byte[] data = Arrays.copyOfRange(whole, 8 + length, whole.length);
        try (Safetensors read = safetensors(file(new String(header, UTF_8), data))) {
            for (Map.Entry<String, TensorInfo> tensor : read.tensors().entrySet()) {
                if (tensor.getValue().type() == TensorInfo.Type.I32) {
                    assertThat((long) read.wholes(tensor.getKey()).length)
                            .isEqualTo(tensor.getValue().count());
                } else {
                    assertThat(read.floats(tensor.getKey()).values()).isNotNull();
                }
            }
        } catch (BadArtefactException e) {
            assertThat(e).hasMessageEndingWith(".");
        }
    }

    @Property
    void randomBytesAreRefusedInASentence(@ForAll byte[] bytes) {
        assertThatThrownBy(() -> AdapterFile.parse("adapter", bytes)).isInstanceOf(BadArtefactException.class);
        assertThatThrownBy(() -> safetensors(bytes)).isInstanceOf(BadArtefactException.class);
    }
}
