package dev.picket.inference.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * ONNX Runtime's native library from a folder of the user's own: a build with other providers in it. The Java part reads
 * where from once, when its first class is loaded, so this comes before everything else.
 */
public final class NativeLibrary {
    /** The property that ONNX Runtime reads. */
    public static final String PROPERTY = "onnxruntime.native.path";

    private static final List<String> FILES = List.of("onnxruntime", "onnxruntime4j_jni");

    private NativeLibrary() {}

    /**
     * Whether the folder holds the library.
     *
     * @throws IllegalArgumentException with a sentence, when it does not
     */
    public static void check(Path folder) {
        Path absolute = folder.toAbsolutePath().normalize();
        for (String name : FILES) {
            String file = System.mapLibraryName(name);
            if (!Files.isReadable(absolute.resolve(file))) {
                throw new IllegalArgumentException("inference.native-library: " + absolute + " is no folder that holds "
                        + file + "; name the folder of a build of ONNX Runtime 1.23 or later with its Java part");
            }
        }
    }

    /**
     * Names the folder to ONNX Runtime.
     *
     * @throws IllegalArgumentException with a sentence, when it does not hold the library, or comes too late
     */
    public static void from(Path folder) {
        check(folder);
        Path absolute = folder.toAbsolutePath().normalize();
        String before = System.getProperty(PROPERTY, "");
        if (OrtSessions.isLoaded() && !before.equals(absolute.toString())) {
            throw new IllegalArgumentException("inference.native-library: ONNX Runtime is loaded already, from "
                    + (before.isEmpty() ? "its own jar" : before) + "; start the process again");
        }
        System.setProperty(PROPERTY, absolute.toString());
    }
}
