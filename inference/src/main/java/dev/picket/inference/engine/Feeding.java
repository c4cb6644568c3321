package dev.picket.inference.engine;

import dev.picket.inference.codec.Wiring;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The wiring's inputs of one run with the types that the graph takes; worked out once a load. */
record Feeding(
        Named ids,
        @Nullable Named mask,
        @Nullable Named positions,
        @Nullable Named types,
        @Nullable Named asked,
        @Nullable Named kept) {
    /**
     * One input.
     *
     * @param narrow int32 in place of int64
     * @param scalar without dimensions
     */
    record Named(String name, boolean narrow, boolean scalar) {}

    /** After {@link GraphContract#check}. */
    static Feeding of(Wiring.Inputs names, GraphSignature signature) {
        return new Feeding(
                Objects.requireNonNull(named(names.ids(), signature)),
                named(names.mask(), signature),
                named(names.positions(), signature),
                named(names.types(), signature),
                named(names.asked(), signature),
                named(names.kept(), signature));
    }

    private static @Nullable Named named(@Nullable String name, GraphSignature signature) {
        if (name == null) {
            return null;
        }
        GraphSignature.Tensor tensor = Objects.requireNonNull(signature.inputs().get(name));
        return new Named(
                name, tensor.type() == GraphSignature.Type.INT32, tensor.dims().isEmpty());
    }
}
