package dev.picket.inference.engine;

import java.util.Locale;

/** What an execution provider computes on. */
public enum ProcessorKind {
    NPU,
    GPU,
    CPU;

    /** As configuration and status write it. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
