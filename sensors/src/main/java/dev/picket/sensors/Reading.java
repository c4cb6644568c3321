package dev.picket.sensors;

import java.time.Instant;
import java.util.Map;

/**
 * One text from one source.
 *
 * @param source the source's configured name, 1 to 64 bytes
 * @param id the text's identity within its source: equal when the same text is read again after a restart
 * @param at when the text was read, or the instant that it carries itself where the source knows one
 * @param text the text, cut at the source's limit; may be blank
 * @param cut whether the text was longer than the source's limit
 * @param values what the source knows beside the text, by name; mostly empty
 */
public record Reading(String source, String id, Instant at, String text, boolean cut, Map<String, String> values) {
    public Reading {
        values = Map.copyOf(values);
    }
}
