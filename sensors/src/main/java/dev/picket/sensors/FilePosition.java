package dev.picket.sensors;

import java.util.List;

/**
 * Where a {@link FileSource} goes on, as it is kept outside.
 *
 * <pre>
 * f1 GENERATION KEY HEAD-BYTES HEAD OFFSET TAIL MODIFIED     separated by one space, for example
 * f1 3 (dev=802,ino=131077) 48 9f86d081884c7d65 7120 0c7e2f9a 1795172400000
 *
 * GENERATION  how many files that had lines were taken up, this one included: 1 for the first
 * KEY         device and inode
 * HEAD        SHA-256 of the first HEAD-BYTES bytes, first 16 digits: the first line, 1 KiB of it at most
 * OFFSET      the byte at which the next line begins
 * TAIL        CRC-32C of the 64 bytes before OFFSET, or of as many as there are
 * MODIFIED    the file's time of modification when it was last looked at, in milliseconds
 * </pre>
 *
 * A reading's id is {@code GENERATION:OFFSET} of its first byte. Reading on from a position after a crash gives the same
 * ids again. A reused inode, a truncated file and one that was written anew differ in HEAD, TAIL or length.
 */
record FilePosition(
        long generation, String key, int headBytes, String head, long offset, String tail, long modifiedMillis) {
    private static final String FORMAT = "f1";
    private static final int FIELDS = 8;

    /**
     * Reads what {@link #toString()} wrote.
     *
     * @throws IllegalArgumentException when it is no position of a file
     */
    static FilePosition parse(String text) {
        List<String> fields = List.of(text.split(" ", -1));
        if (fields.size() != FIELDS || !fields.get(0).equals(FORMAT)) {
            throw new IllegalArgumentException("'" + text + "' is no position of a file that this agent knows.");
        }
        return new FilePosition(
                Long.parseLong(fields.get(1)),
                fields.get(2),
                Integer.parseInt(fields.get(3)),
                fields.get(4),
                Long.parseLong(fields.get(5)),
                fields.get(6),
                Long.parseLong(fields.get(7)));
    }

    /** The same place in a copy of the file. */
    FilePosition in(FileState copy) {
        return new FilePosition(generation, copy.key(), headBytes, head, offset, tail, copy.modifiedMillis());
    }

    @Override
    public String toString() {
        return String.join(
                " ",
                FORMAT,
                Long.toString(generation),
                key,
                Integer.toString(headBytes),
                head,
                Long.toString(offset),
                tail,
                Long.toString(modifiedMillis));
    }
}
