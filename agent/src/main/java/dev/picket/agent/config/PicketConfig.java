package dev.picket.agent.config;

/** The whole configuration, a record for each section. */
public record PicketConfig(DataConfig data, InferenceConfig inference, HttpConfig http) {}
