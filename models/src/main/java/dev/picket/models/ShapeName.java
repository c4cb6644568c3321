package dev.picket.models;

import dev.picket.models.llama.Shape;
import java.util.Arrays;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** A shape by the name that people use. */
final class ShapeName implements ITypeConverter<Shape> {
    @Override
    public Shape convert(String name) {
        return Arrays.stream(Shape.values())
                .filter(each -> each.toString().equals(name))
                .findFirst()
                .orElseThrow(() -> new TypeConversionException(
                        "'" + name + "' is no shape; the shapes are " + Arrays.toString(Shape.values())));
    }
}
