package dev.picket.sensors;

/**
 * What a source met since it was made.
 *
 * @param malformed readings whose bytes were not all UTF-8; each faulty sequence became U+FFFD
 * @param cut readings that were longer than the limit
 * @param lost times that something was gone before it was read, such as a file that was rotated away and deleted
 */
public record SourceCounts(long malformed, long cut, long lost) {}
