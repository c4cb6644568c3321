package dev.picket.models.onnx;

import java.io.IOException;

/** An attribute of a node: {@code AttributeProto} of onnx.proto. */
public sealed interface Attribute {
    String name();

    record Whole(String name, long value) implements Attribute {}

    record Real(String name, float value) implements Attribute {}

    static Attribute of(String name, long value) {
        return new Whole(name, value);
    }

    static Attribute of(String name, float value) {
        return new Real(name, value);
    }

    /** Fields: name 1, f 2, i 3, type 20 (FLOAT is 1, INT is 2). */
    default byte[] bytes() throws IOException {
        return switch (this) {
            case Whole(String name, long value) ->
                Proto.message(out -> {
                    out.writeString(1, name);
                    out.writeInt64(3, value);
                    out.writeEnum(20, 2);
                });
            case Real(String name, float value) ->
                Proto.message(out -> {
                    out.writeString(1, name);
                    out.writeFloat(2, value);
                    out.writeEnum(20, 1);
                });
        };
    }
}
