package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.inference.engine.ProviderChoice.Reason;
import dev.picket.inference.engine.ProviderChoice.Refusal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Providers that are not here are played at the seam; the stock library says itself what it does not have. */
class ProviderSelectionTest {
    private static final String CPU = "CPUExecutionProvider";
    /** Every run takes as long as any other. */
    private static final List<Integer> EVEN = List.of(1, 1);

    @TempDir
    Path folder;

    private TinyBase base;
    private final FakeSessions sessions = new FakeSessions();

    @BeforeEach
    void writeTheBase() throws Exception {
        base = TinyBase.write(folder);
    }

    @Test
    void autoAsksEachNpuBeforeEachGpuAndTakesTheFirstThatAnswersAsTheCpuDoes() throws Exception {
        sessions.with("CUDAExecutionProvider", ProcessorKind.GPU, Optional.of(folder))
                .with("XnnpackExecutionProvider", ProcessorKind.CPU, Optional.of(folder))
                .with("QNNExecutionProvider", ProcessorKind.NPU, Optional.of(folder));
        try (Base opened = open("auto", EVEN)) {
            assertThat(opened.provider().provider()).isEqualTo("QNNExecutionProvider");
            assertThat(opened.provider().kind()).isEqualTo(ProcessorKind.NPU);
            assertThat(opened.provider().latencyRatio()).isEqualTo(1);
            assertThat(opened.provider().fellBack()).isFalse();
        }
        assertThat(sessions.asked).containsExactly(CPU, "QNNExecutionProvider");
        try (Base opened = open("gpu", EVEN)) {
            assertThat(opened.provider().provider()).isEqualTo("CUDAExecutionProvider");
        }
        try (Base opened = open("xnnpack", EVEN)) {
            assertThat(opened.provider().provider()).isEqualTo("XnnpackExecutionProvider");
        }
    }

    @Test
    void eachThatFailsIsNamedWithItsReasonAndTheNextIsAsked() throws Exception {
        sessions.with("Refuses", ProcessorKind.NPU, Optional.empty())
                .with("Wrong", ProcessorKind.NPU, Optional.of(graph("wrong", new TinyGraph(vocabulary(), 1, 8))))
                .with(
                        "Poisoned",
                        ProcessorKind.GPU,
                        Optional.of(graph("poisoned", new TinyGraph(vocabulary(), used()))));
        Providers providers = providers("auto", EVEN);
        try (Base opened = open(providers)) {
            assertThat(opened.provider().provider()).isEqualTo(CPU);
            assertThat(opened.provider().refused())
                    .extracting(Refusal::provider, Refusal::reason)
                    .containsExactly(
                            tuple("Refuses", Reason.REFUSED),
                            tuple("Wrong", Reason.ANSWERS),
                            tuple("Poisoned", Reason.SELF_TEST));
            assertThat(opened.provider().refusals())
                    .contains("Refuses (refused): It does not load the base: ")
                    .contains("assigned to the default CPU EP.")
                    .contains("Wrong (answers): Its answers differ from the CPU's by ")
                    .contains("Poisoned (self-test): model.onnx gives NaN as hidden");
        }
        assertThat(providers.fallbacks())
                .containsEntry(Reason.REFUSED, 1L)
                .containsEntry(Reason.ANSWERS, 1L)
                .containsEntry(Reason.SELF_TEST, 1L)
                .containsEntry(Reason.SLOW, 0L);
        assertThat(providers.latest().orElseThrow().provider()).isEqualTo(CPU);
    }

    @Test
    void oneThatTakesLongerThanTheCpuMayIsNotTaken() throws Exception {
        sessions.with("Slow", ProcessorKind.GPU, Optional.of(folder));
        try (Base opened = open("auto", List.of(10, 13))) {
            assertThat(opened.provider().provider()).isEqualTo(CPU);
            assertThat(opened.provider().refusals())
                    .isEqualTo("Slow (slow): It takes 1.30 times as long as the CPU, at most 1.0 times is allowed.");
        }
        ProviderSettings patient = new ProviderSettings("auto", Map.of(), Map.of(), Map.of(), 0.1, 1.5);
        try (Base opened =
                open(new Providers(patient, new ProviderSelection(patient, sessions, clock(List.of(10, 13)))))) {
            assertThat(opened.provider().provider()).isEqualTo("Slow");
            assertThat(opened.provider().latencyRatio()).isEqualTo(1.3);
        }
    }

    @Test
    void aBaseThatFailsOnTheCpuIsABadBaseAndNoProviderIsAsked() throws Exception {
        base = TinyBase.write(folder, new TinyGraph(vocabulary(), used()).toBytes(), TinyGraph.LAYERS, 1);
        sessions.with("Fine", ProcessorKind.GPU, Optional.of(folder));
        assertThatThrownBy(() -> open("auto", EVEN)).isInstanceOf(BadArtefactException.class);
        assertThat(sessions.asked).containsExactly(CPU);
    }

    @Test
    void theStockLibraryHasTheCpuAloneAndSaysSo() throws Exception {
        for (String wanted : List.of("gpu", "npu", "CUDA", "NoSuch")) {
            Providers stock = new Providers(settings(wanted, Map.of()));
            try (Base opened = open(stock)) {
                assertThat(opened.provider().provider()).isEqualTo(CPU);
                assertThat(opened.provider().refusals())
                        .isEqualTo(wanted + " (absent): This ONNX Runtime has no such provider; only the CPU is there;"
                                + " see 'picket devices'.");
            }
            assertThat(stock.fallbacks()).containsEntry(Reason.ABSENT, 1L);
        }
        try (Base opened = open(new Providers(ProviderSettings.DEFAULT))) {
            assertThat(opened.provider().fellBack()).isFalse();
        }
        assertThat(Providers.builtIn()).contains(CPU);
        assertThat(Providers.devices())
                .anyMatch(each -> each.provider().equals(CPU) && each.kind().equals("cpu"));
    }

    @Test
    void theStockLibraryRefusesEveryProviderThatItIsMadeToTry() throws Exception {
        OrtSessions stock = new OrtSessions(settings("auto", Map.of()));
        for (String name : List.of("CUDAExecutionProvider", "QNNExecutionProvider", "XnnpackExecutionProvider")) {
            assertThatThrownBy(() -> stock.open(
                            new ProviderSessions.Candidate(name, ProcessorKind.GPU, ""),
                            folder,
                            base.read().manifest().graph(),
                            1))
                    .hasMessageContaining(name + " is not in this library");
        }
    }

    @Test
    void aPlugInLibraryThatCannotBeLoadedIsAFallbackAndNotAFailure() throws Exception {
        Path none = Files.write(folder.resolve("libnone.so"), new byte[] {1});
        Providers providers = new Providers(settings("auto", Map.of("maker", none)));
        try (Base opened = open(providers)) {
            assertThat(opened.provider().provider()).isEqualTo(CPU);
            assertThat(opened.provider().refusals())
                    .startsWith("maker (library): ONNX Runtime cannot load " + none + ": ");
        }
        assertThat(providers.plan().order()).containsExactly(CPU);
        assertThat(providers.plan().refused()).hasSize(1);
    }

    @Test
    void entriesOfTheSessionsConfigurationReachOnnxRuntime() {
        ProviderSettings settings = new ProviderSettings(
                "cpu", Map.of(), Map.of(), Map.of("session.intra_op_thread_affinities", "nonsense"), 0.1, 1);
        assertThatThrownBy(() -> Base.open(base.read(), new EngineOptions(1, 2, 1 << 20, 64, new Providers(settings))))
                .isInstanceOf(BadArtefactException.class)
                .hasMessageContaining("ONNX Runtime");
    }

    @Test
    void everyKnownKeyIsOneThatASessionTakes() throws Exception {
        try (OrtSession.SessionOptions options = ModelGraph.options(1)) {
            for (String key : SessionKeys.KNOWN) {
                options.addConfigEntry(key, "0");
            }
            assertThat(options.getConfigEntries().keySet()).containsAll(SessionKeys.KNOWN);
        }
    }

    @Test
    void aTaskThatWasCalibratedElsewhereIsToldOnce() throws Exception {
        TaskManifest here = base.task("fraud").build().manifest();
        Providers providers = Providers.cpu();
        ProviderChoice cpu;
        try (Base opened = open(providers)) {
            cpu = opened.provider();
        }
        ProviderChoice gpu = new ProviderChoice("gpu", "CUDAExecutionProvider", ProcessorKind.GPU, "", 0.5, List.of());
        boolean sameProcessor = here.calibration().processor().equals(Providers.processor());
        assertThat(providers.checkCalibration(cpu, here)).isEqualTo(!sameProcessor);
        Providers other = Providers.cpu();
        assertThat(other.checkCalibration(gpu, here)).isTrue();
        assertThat(other.checkCalibration(gpu, here)).isFalse();
    }

    @Test
    void aFolderWithoutTheNativeLibraryIsRefusedBeforeAnythingIsLoaded() throws Exception {
        assertThatThrownBy(() -> NativeLibrary.from(folder))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is no folder that holds " + System.mapLibraryName("onnxruntime"));
        ModelGraph.environment();
        for (String name : List.of("onnxruntime", "onnxruntime4j_jni")) {
            Files.write(folder.resolve(System.mapLibraryName(name)), new byte[] {1});
        }
        assertThatThrownBy(() -> NativeLibrary.from(folder))
                .hasMessageContaining("ONNX Runtime is loaded already, from its own jar; start the process again");
    }

    private static int vocabulary() {
        return TinyTokenizer.VOCABULARY;
    }

    /** A token that the self-test asks about. */
    private static int used() {
        return 3 + 7919 % (vocabulary() - 3);
    }

    private Path graph(String name, TinyGraph graph) throws Exception {
        Path other = Files.createDirectories(folder.resolve(name));
        Files.write(other.resolve("model.onnx"), graph.toBytes());
        return other;
    }

    private static ProviderSettings settings(String wanted, Map<String, Path> libraries) {
        return new ProviderSettings(wanted, libraries, Map.of(), Map.of(), 0.1, 1);
    }

    private Providers providers(String wanted, List<Integer> cpuAndOther) {
        ProviderSettings settings = settings(wanted, Map.of());
        return new Providers(settings, new ProviderSelection(settings, sessions, clock(cpuAndOther)));
    }

    private Base open(String wanted, List<Integer> cpuAndOther) throws Exception {
        return open(providers(wanted, cpuAndOther));
    }

    private Base open(Providers providers) throws Exception {
        return Base.open(base.read(), new EngineOptions(1, 1, 1 << 20, 64, providers));
    }

    /** A round reads it three times: before the CPU's run, between both, and after the other's. */
    private static LongSupplier clock(List<Integer> cpuAndOther) {
        AtomicLong reads = new AtomicLong();
        AtomicLong now = new AtomicLong();
        return () -> {
            int step = (int) (reads.getAndIncrement() % 3);
            return step == 0 ? now.get() : now.addAndGet(cpuAndOther.get(step - 1));
        };
    }

    @Test
    void optionsThatABuiltInProviderCannotTakeAreRefused() throws Exception {
        OrtSessions.requireUsed(OrtProvider.QNN, Set.of("backend_path"));
        OrtSessions.requireUsed(OrtProvider.OPEN_VINO, Set.of("device_type"));
        OrtSessions.requireUsed(OrtProvider.DNNL, Set.of());
        assertThatThrownBy(() -> OrtSessions.requireUsed(OrtProvider.OPEN_VINO, Set.of("device_type", "num_streams")))
                .isInstanceOf(OrtException.class)
                .hasMessageContaining("names [num_streams], which cannot be handed to the built-in");
        assertThatThrownBy(() -> OrtSessions.requireUsed(OrtProvider.DIRECT_ML, Set.of("device_id")))
                .isInstanceOf(OrtException.class);
    }
}
