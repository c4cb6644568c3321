package dev.picket.models.llama;

/** How the scale of a block is chosen; see {@link Blocks}. */
public enum Quantiser {
    /** So that the value of largest magnitude is met exactly. */
    NEAREST,
    /** So that the squared error of the block is smallest. */
    SEARCH
}
