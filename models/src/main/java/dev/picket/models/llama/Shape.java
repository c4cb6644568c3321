package dev.picket.models.llama;

/** Shapes of known decoders, for bases whose weights are random. */
public enum Shape {
    /** Half a billion parameters as in Qwen2 0.5B and its kin: the size that a 4 GB gateway can hold. */
    HALF_BILLION("0.5b"),
    /** For trying things out: made and run in a moment. */
    TINY("tiny");

    private final String title;

    Shape(String title) {
        this.title = title;
    }

    LlamaConfig config() {
        return switch (this) {
            case HALF_BILLION -> config(151_936, 896, 4864, 24, 14, 2, 64, 2048, 1e6);
            case TINY -> config(4096, 64, 128, 2, 4, 2, 16, 512, 1e4);
        };
    }

    private static LlamaConfig config(
            int vocabulary,
            int hidden,
            int inner,
            int layers,
            int heads,
            int kvHeads,
            int headSize,
            int context,
            double theta) {
        return new LlamaConfig(
                Architecture.LLAMA,
                vocabulary,
                hidden,
                inner,
                layers,
                heads,
                kvHeads,
                headSize,
                context,
                new Rope(theta),
                1e-6f,
                true);
    }

    @Override
    public String toString() {
        return title;
    }
}
