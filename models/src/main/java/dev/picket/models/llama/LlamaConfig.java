package dev.picket.models.llama;

/**
 * A decoder of the Llama family, as far as its arithmetic goes.
 *
 * @param vocabulary entries of the embedding
 * @param hidden width between the layers
 * @param inner width of the feed-forward part
 * @param layers how many
 * @param heads query heads
 * @param kvHeads key and value heads; heads is a multiple
 * @param headSize features of a head, a multiple of 8
 * @param context positions that the rotary tables hold
 * @param epsilon RMSNorm's
 * @param tied whether the output matrix is the embedding
 */
record LlamaConfig(
        Architecture architecture,
        int vocabulary,
        int hidden,
        int inner,
        int layers,
        int heads,
        int kvHeads,
        int headSize,
        int context,
        Rope rope,
        float epsilon,
        boolean tied) {
    /** Features of all query heads together. */
    int queries() {
        return heads * headSize;
    }

    /** Features of all key heads together, and of all value heads. */
    int keys() {
        return kvHeads * headSize;
    }
}
