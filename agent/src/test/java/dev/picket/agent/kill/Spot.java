package dev.picket.agent.kill;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.ReturnInstruction;
import java.util.ArrayList;
import java.util.List;

/** One instruction of one method: what a debugger can stop at. */
record Spot(String type, String method, String descriptor, long index) {
    /**
     * Where a point lies in the code as it is compiled now.
     *
     * @throws AssertionError when there is no such class, method or call any more
     */
    static List<Spot> of(Point point) {
        List<Spot> found = new ArrayList<>();
        for (MethodModel method : model(point.type()).methods()) {
            String name = method.methodName().stringValue();
            boolean inLambda = name.startsWith("lambda$" + point.method() + "$");
            switch (point.place()) {
                case Point.Place.Entry _ when name.equals(point.method()) -> found.add(at(point.type(), method, 0));
                case Point.Place.Exit _
                when name.equals(point.method()) ->
                    walk(point.type(), method, (instruction, before, _) -> {
                        if (instruction instanceof ReturnInstruction) {
                            found.add(before);
                        }
                    });
                case Point.Place.After(String call)
                when name.equals(point.method()) || inLambda ->
                    walk(point.type(), method, (instruction, _, after) -> {
                        if (calls(instruction, call)) {
                            found.add(after);
                        }
                    });
                case Point.Place _ -> {}
            }
        }
        if (found.isEmpty()) {
            throw new AssertionError("'%s' is nowhere: %s.%s has no %s; say where it is now"
                    .formatted(point.name(), point.type(), point.method(), point.place()));
        }
        return found;
    }

    /** Every place in the class at which a call has returned, and the beginning of each method. */
    static List<Spot> all(String type) {
        List<Spot> found = new ArrayList<>();
        for (MethodModel method : model(type).methods()) {
            if (method.code().isPresent()) {
                found.add(at(type, method, 0));
                walk(type, method, (instruction, _, after) -> {
                    if (instruction instanceof InvokeInstruction) {
                        found.add(after);
                    }
                });
            }
        }
        return found;
    }

    private static boolean calls(Instruction instruction, String name) {
        return instruction instanceof InvokeInstruction call
                && call.name().stringValue().equals(name);
    }

    private interface Visitor {
        void visit(Instruction instruction, Spot before, Spot after);
    }

    private static void walk(String type, MethodModel method, Visitor visitor) {
        CodeModel code = method.code().orElseThrow();
        long index = 0;
        for (CodeElement element : code) {
            if (element instanceof Instruction instruction) {
                long next = index + instruction.sizeInBytes();
                visitor.visit(instruction, at(type, method, index), at(type, method, next));
                index = next;
            }
        }
    }

    private static Spot at(String type, MethodModel method, long index) {
        return new Spot(
                type, method.methodName().stringValue(), method.methodType().stringValue(), index);
    }

    private static ClassModel model(String type) {
        String file = type.replace('.', '/') + ".class";
        try (InputStream bytes = ClassLoader.getSystemResourceAsStream(file)) {
            if (bytes == null) {
                throw new AssertionError("There is no class " + type + " any more; say where its points are now");
            }
            return ClassFile.of().parse(bytes.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String toString() {
        return "%s.%s%s:%d".formatted(type, method, descriptor, index);
    }
}
