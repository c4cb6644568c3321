package dev.picket.agent.rows;

/**
 * Where rows are read.
 *
 * @param <E> what is thrown when they cannot be
 */
public interface Rows<E extends Exception> {
    /**
     * The next rows between two places, by priority, then seq. A page may be empty though more come after it.
     *
     * @param max the most rows that are looked at
     */
    RowPage page(RowCursor after, RowCursor through, int max, RowFilter filter) throws E;

    /**
     * The newest rows, oldest first, and the end of the journal as their cursor.
     *
     * @param max the most rows that are answered
     */
    RowPage latest(int max, RowFilter filter) throws E;
}
