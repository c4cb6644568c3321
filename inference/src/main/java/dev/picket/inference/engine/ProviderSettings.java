package dev.picket.inference.engine;

import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which execution provider of ONNX Runtime may answer, and what it must show first.
 *
 * @param wanted {@code auto}, {@code npu}, {@code gpu}, {@code cpu} or a provider's name
 * @param libraries plug-in provider libraries: the file by the name it is registered under
 * @param options of the provider, handed to it as they are
 * @param sessionConfig entries of ONNX Runtime's session configuration, see {@link SessionKeys}; for every session
 * @param tolerance how far an answer may be from the CPU's, as a share of the row's root mean square
 * @param maxLatencyRatio how much longer than the CPU it may take
 */
public record ProviderSettings(
        String wanted,
        Map<String, Path> libraries,
        Map<String, String> options,
        Map<String, String> sessionConfig,
        double tolerance,
        double maxLatencyRatio) {
    public static final String AUTO = "auto";

    /** Whatever of an NPU, a GPU and the CPU is the first that gives the CPU's answers in no more time. */
    public static final ProviderSettings DEFAULT = new ProviderSettings(AUTO, Map.of(), Map.of(), Map.of(), 0.1, 1);

    /** The CPU alone. */
    public static final ProviderSettings CPU =
            new ProviderSettings(ProcessorKind.CPU.wireName(), Map.of(), Map.of(), Map.of(), 0.1, 1);

    public ProviderSettings {
        libraries = Collections.unmodifiableMap(new LinkedHashMap<>(libraries));
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
        sessionConfig = Collections.unmodifiableMap(new LinkedHashMap<>(sessionConfig));
        if (wanted.isBlank() || !(tolerance >= 0) || !(maxLatencyRatio > 0)) {
            throw new IllegalArgumentException("Provider '" + wanted + "', tolerance " + tolerance
                    + " and latency ratio " + maxLatencyRatio + " cannot be meant");
        }
    }
}
