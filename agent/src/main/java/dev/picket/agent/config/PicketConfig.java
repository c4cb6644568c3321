package dev.picket.agent.config;

import java.util.List;

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
        HttpConfig http) {}
