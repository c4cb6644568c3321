package dev.picket.agent.config;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The whole configuration, a record for each section. */
public record PicketConfig(
        GatewayConfig gateway,
        DataConfig data,
        List<SourceConfig> sources,
        InferenceConfig inference,
        JournalConfig journal,
        RetentionConfig retention,
        UplinkConfig uplink,
        UpdatesConfig updates,
        RolloutsConfig rollouts,
        HttpConfig http,
        ConfigureConfig configure,
        DiagnoseConfig diagnose,
        DriftConfig drift) {
    public PicketConfig {
        sources = List.copyOf(sources);
        requireOneOfEach(sources);
    }

    /** Positions and rows are kept by the source's name: under one name the readings of the second would count as known. */
    private static void requireOneOfEach(List<SourceConfig> sources) {
        Set<String> names = new HashSet<>();
        boolean stdin = false;
        for (SourceConfig source : sources) {
            if (!names.add(source.name())) {
                throw new IllegalArgumentException(
                        "two of 'sources' are named '" + source.name() + "'; give each a name of its own");
            }
            if (source.kind() == SourceConfig.Kind.STDIN && stdin) {
                throw new IllegalArgumentException(
                        "two of 'sources' read standard input, which only one can; remove one");
            }
            stdin |= source.kind() == SourceConfig.Kind.STDIN;
        }
    }
}
