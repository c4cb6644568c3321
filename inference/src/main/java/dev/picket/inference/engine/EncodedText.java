package dev.picket.inference.engine;

/**
 * A text as token ids.
 *
 * @param ids not to be changed
 * @param cut whether the middle was left out
 */
@SuppressWarnings("ArrayRecordComponent") // one a text, on the hot path, never compared
public record EncodedText(long[] ids, boolean cut) {}
