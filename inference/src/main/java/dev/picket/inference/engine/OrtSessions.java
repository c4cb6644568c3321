package dev.picket.inference.engine;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtEpDevice;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtProvider;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.providers.OrtCUDAProviderOptions;
import ai.onnxruntime.providers.OrtTensorRTProviderOptions;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Sessions of ONNX Runtime: providers that are compiled into the library, and those of plug-in libraries. */
final class OrtSessions implements ProviderSessions {
    /** The environment is the process's, and so are the libraries registered with it. */
    private static final Map<String, Path> REGISTERED = new HashMap<>();

    private static volatile boolean loaded;

    private final ProviderSettings settings;

    OrtSessions(ProviderSettings settings) {
        this.settings = settings;
    }

    /** Whether the native library is in memory, or was asked for. */
    static boolean isLoaded() {
        return loaded;
    }

    static void loading() {
        loaded = true;
    }

    @Override
    public Offered offered() {
        List<ProviderChoice.Refusal> faults = new ArrayList<>();
        settings.libraries().forEach((name, file) -> register(name, file, faults));
        List<Candidate> candidates = new ArrayList<>();
        Set<String> named = new HashSet<>();
        for (OrtEpDevice device : devices()) {
            named.add(device.getEpName());
            Candidate candidate = new Candidate(
                    device.getEpName(), kind(device), device.getDevice().getVendor());
            boolean known = candidates.stream()
                    .anyMatch(each ->
                            each.name().equals(candidate.name()) && each.kind().equals(candidate.kind()));
            if (!known && !candidate.name().equals(Candidate.CPU.name())) {
                candidates.add(candidate);
            }
        }
        for (OrtProvider provider : builtIn()) {
            if (provider != OrtProvider.CPU && named.add(provider.getName())) {
                candidates.add(new Candidate(provider.getName(), kind(provider), ""));
            }
        }
        return new Offered(candidates, faults);
    }

    /** What the library has, in its own order. */
    static Set<OrtProvider> builtIn() {
        ModelGraph.environment();
        return OrtEnvironment.getAvailableProviders();
    }

    /** Devices that providers of this version name, the CPU among them. */
    static List<OrtEpDevice> devices() {
        try {
            return ModelGraph.environment().getEpDevices();
        } catch (OrtException e) {
            // A library of one's own that is older than the call: what it has compiled in counts.
            return List.of();
        }
    }

    private static void register(String name, Path file, List<ProviderChoice.Refusal> faults) {
        Path absolute = file.toAbsolutePath().normalize();
        synchronized (REGISTERED) {
            if (absolute.equals(REGISTERED.get(name))) {
                return;
            }
            try {
                ModelGraph.environment().registerExecutionProviderLibrary(name, absolute.toString());
                REGISTERED.put(name, absolute);
            } catch (OrtException e) {
                faults.add(new ProviderChoice.Refusal(
                        name,
                        ProviderChoice.Reason.LIBRARY,
                        "ONNX Runtime cannot load " + absolute + ": " + ProviderSelection.words(e)));
            }
        }
    }

    @Override
    public ModelGraph open(Candidate candidate, Path folder, BaseManifest.Graph graph, int threads)
            throws OrtException, BadArtefactException {
        try (OrtSession.SessionOptions options = ModelGraph.options(threads)) {
            Map<String, String> config = new HashMap<>(settings.sessionConfig());
            if (candidate.equals(Candidate.CPU)) {
                config.remove(SessionKeys.NO_CPU_FALLBACK);
            } else {
                config.putIfAbsent(SessionKeys.NO_CPU_FALLBACK, "1");
            }
            for (Map.Entry<String, String> entry : config.entrySet()) {
                options.addConfigEntry(entry.getKey(), entry.getValue());
            }
            if (!candidate.equals(Candidate.CPU)) {
                add(candidate, options);
            }
            return ModelGraph.open(folder, graph, options);
        }
    }

    private void add(Candidate candidate, OrtSession.SessionOptions options) throws OrtException {
        List<OrtEpDevice> devices = devices().stream()
                .filter(each -> each.getEpName().equals(candidate.name()) && kind(each) == candidate.kind())
                .toList();
        if (!devices.isEmpty()) {
            options.addExecutionProvider(devices, settings.options());
            return;
        }
        OrtProvider provider = builtIn().stream()
                .filter(each -> each.getName().equals(candidate.name()))
                .findFirst()
                .orElseThrow(() -> new OrtException(candidate.name() + " is not in this library"));
        add(provider, options);
    }

    private void add(OrtProvider provider, OrtSession.SessionOptions options) throws OrtException {
        requireUsed(provider, settings.options().keySet());
        switch (provider) {
            case CUDA -> {
                try (OrtCUDAProviderOptions cuda = new OrtCUDAProviderOptions()) {
                    for (Map.Entry<String, String> each : settings.options().entrySet()) {
                        cuda.add(each.getKey(), each.getValue());
                    }
                    options.addCUDA(cuda);
                }
            }
            case TENSOR_RT -> {
                try (OrtTensorRTProviderOptions tensorRt = new OrtTensorRTProviderOptions()) {
                    for (Map.Entry<String, String> each : settings.options().entrySet()) {
                        tensorRt.add(each.getKey(), each.getValue());
                    }
                    options.addTensorrt(tensorRt);
                }
            }
            case ROCM -> options.addROCM();
            case DNNL -> options.addDnnl(true);
            case OPEN_VINO -> options.addOpenVINO(settings.options().getOrDefault("device_type", "CPU"));
            case NNAPI -> options.addNnapi();
            case DIRECT_ML -> options.addDirectML(0);
            case ACL -> options.addACL(true);
            case CORE_ML -> options.addCoreML(settings.options());
            case XNNPACK -> options.addXnnpack(settings.options());
            case QNN -> options.addQnn(settings.options());
            case WEBGPU -> options.addWebGPU(settings.options());
            case CPU, VITIS_AI, RK_NPU, MI_GRAPH_X, AZURE ->
                throw new OrtException(provider.getName() + " cannot be chosen from Java but as a plug-in library");
        }
    }

    /** Options that would do nothing are a mistake of whoever wrote them, and nobody would find it. */
    static void requireUsed(OrtProvider provider, Set<String> options) throws OrtException {
        Set<String> unused = new TreeSet<>(options);
        switch (provider) {
            case OPEN_VINO -> unused.remove("device_type");
            case CUDA, TENSOR_RT, CORE_ML, XNNPACK, QNN, WEBGPU -> unused.clear();
            case ROCM, DNNL, NNAPI, DIRECT_ML, ACL, CPU, VITIS_AI, RK_NPU, MI_GRAPH_X, AZURE -> {}
        }
        if (!unused.isEmpty()) {
            throw new OrtException(
                    "inference.provider-options names " + unused + ", which cannot be handed to the built-in "
                            + provider.getName() + "; leave them out, or use it as a plug-in library");
        }
    }

    static ProcessorKind kind(OrtEpDevice device) {
        return switch (device.getDevice().getType()) {
            case NPU -> ProcessorKind.NPU;
            case GPU -> ProcessorKind.GPU;
            case CPU -> ProcessorKind.CPU;
        };
    }

    private ProcessorKind kind(OrtProvider provider) {
        return switch (provider) {
            case QNN, VITIS_AI, RK_NPU, NNAPI, CORE_ML -> ProcessorKind.NPU;
            case CUDA, TENSOR_RT, ROCM, MI_GRAPH_X, DIRECT_ML, WEBGPU -> ProcessorKind.GPU;
            case OPEN_VINO -> {
                String device =
                        settings.options().getOrDefault("device_type", "CPU").toUpperCase(Locale.ROOT);
                yield device.startsWith("NPU")
                        ? ProcessorKind.NPU
                        : device.startsWith("GPU") ? ProcessorKind.GPU : ProcessorKind.CPU;
            }
            case CPU, DNNL, ACL, XNNPACK, AZURE -> ProcessorKind.CPU;
        };
    }
}
