package dev.picket.models.llama;

import dev.picket.inference.BadArtefactException;
import java.io.IOException;

/** A checkpoint's tensors with the shapes that the configuration asks for, read some rows at a time. */
interface Checkpoint extends AutoCloseable {
    /** Refuses a tensor that is missing, has another shape or no floats. */
    void expect(String name, long... shape) throws BadArtefactException;

    /** Refuses what belongs to a decoder and was not expected: left out, it would change every answer. */
    void expectNoMore() throws BadArtefactException;

    /**
     * A piece of a tensor.
     *
     * @param first the place of the first value, row after row
     */
    float[] floats(String name, long first, int count) throws BadArtefactException, IOException;

    @Override
    void close() throws IOException;
}
