package dev.picket.models.task;

import org.jspecify.annotations.Nullable;

/**
 * A text that somebody or something tampered with: {@code {"text": "...", "base_text": "...", "target": "...", "source": "..."}}.
 *
 * @param base the text before; null where there was none, and then only whether it is answered counts
 * @param target the label that the attack asks for; null where it asks for something else
 * @param source what kind it is
 */
public record AttackedText(
        String text, @Nullable String base, @Nullable String target, String source) {}
