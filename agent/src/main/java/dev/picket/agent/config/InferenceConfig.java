package dev.picket.agent.config;

import dev.picket.inference.engine.ProviderSettings;
import dev.picket.inference.engine.SessionKeys;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How texts are classified.
 *
 * @param runs how many texts are classified side by side; 0 for what is fastest here
 * @param threadsPerRun threads inside one run; 0 for what is fastest here
 * @param deadline how long one text may take, waiting for a free run included; beyond it its run is terminated and the
 *     reading gets FAILED(deadline)
 * @param cache what is remembered for texts that come again
 * @param provider the execution provider: {@code auto}, {@code npu}, {@code gpu}, {@code cpu} or a name
 * @param providerLibraries plug-in libraries with providers
 * @param nativeLibrary a folder with a build of ONNX Runtime that is used in place of ours
 * @param providerOptions handed to the provider as they are
 * @param providerTolerance how far its answers may be from the CPU's, as a share of the answer's root mean square
 * @param providerMaxLatencyRatio how much longer than the CPU it may take
 * @param sessionConfig entries of ONNX Runtime's session configuration
 */
public record InferenceConfig(
        @Default("0") @Range(max = 64) int runs,
        @Default("0") @Range(max = 64) int threadsPerRun,
        @Default("30s") @Range(min = 10, max = 3_600_000) Duration deadline,
        CacheConfig cache,
        @Default("auto") String provider,
        List<ProviderLibraryConfig> providerLibraries,
        @Nullable Path nativeLibrary,
        Map<String, String> providerOptions,
        @Default("0.1") @Range(max = 1) double providerTolerance,
        @Default("1") @Range(max = 1_000) double providerMaxLatencyRatio,
        Map<String, String> sessionConfig) {
    public InferenceConfig {
        providerLibraries = List.copyOf(providerLibraries);
        for (String key : sessionConfig.keySet()) {
            if (!SessionKeys.KNOWN.contains(key)) {
                throw new IllegalArgumentException("session-config has '" + key
                        + "', which ONNX Runtime does not know and would take without a word"
                        + Keys.nearest(key, SessionKeys.KNOWN)
                                .map(near -> "; did you mean '" + near + "'?")
                                .orElse("; remove it"));
            }
        }
        providers(
                provider,
                providerLibraries,
                providerOptions,
                sessionConfig,
                providerTolerance,
                providerMaxLatencyRatio);
    }

    /** What chooses the provider. */
    public ProviderSettings providers() {
        return providers(
                provider,
                providerLibraries,
                providerOptions,
                sessionConfig,
                providerTolerance,
                providerMaxLatencyRatio);
    }

    private static ProviderSettings providers(
            String provider,
            List<ProviderLibraryConfig> libraries,
            Map<String, String> options,
            Map<String, String> session,
            double tolerance,
            double maxLatencyRatio) {
        Map<String, Path> byName = new LinkedHashMap<>();
        for (ProviderLibraryConfig each : libraries) {
            if (byName.put(each.name(), each.path()) != null) {
                throw new IllegalArgumentException(
                        "two of provider-libraries are named '" + each.name() + "'; give each a name of its own");
            }
        }
        return new ProviderSettings(provider, byName, options, session, tolerance, maxLatencyRatio);
    }
}
