package dev.picket.models.llama;

/** What the matrices of a base are stored as. */
public enum Precision {
    INT4,
    INT8,
    /** As they are, to see what quantising changes; four to eight times the size. */
    FLOAT32
}
