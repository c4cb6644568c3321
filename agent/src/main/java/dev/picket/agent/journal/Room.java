package dev.picket.agent.journal;

import dev.picket.agent.sqlite.Database;

/**
 * How the bytes of {@code journal.max-bytes} are divided, in pages of the database.
 *
 * <pre>
 * wal         of the -wal file: a quarter, 8 MiB at most; half of it is when a checkpoint begins, the other half for one transaction
 * allowance   by which one transaction may go beyond what rows may take, before it has given room
 * rows        what the file may use when a transaction ends
 * </pre>
 *
 * @param rows free pages of the file not counted
 * @param allowance see above
 */
record Room(long rows, long allowance) {
    static final int PAGE_BYTES = 4_096;
    /** A page of rows is full to four fifths at least, but for long texts. */
    private static final int FULL_TENTHS = 8;

    static Room of(long maxBytes) {
        long allowance = Database.walBytes(maxBytes) / 2 / PAGE_BYTES;
        return new Room((maxBytes - Database.walBytes(maxBytes)) / PAGE_BYTES - allowance, allowance);
    }

    /** After so many bytes of new rows room is made for them. */
    long flushBytes() {
        return allowance * PAGE_BYTES / 2;
    }

    /** A row above it has no place. */
    long largestRow() {
        return allowance * PAGE_BYTES * FULL_TENTHS / 10;
    }
}
