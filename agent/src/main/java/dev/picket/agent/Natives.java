package dev.picket.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Native libraries where the jars bring them, as in a checkout: they are unpacked into the temporary folder, and loaded from there. */
public final class Natives {
    /** The package names a folder where they lie unpacked. */
    private static final String UNPACKED = "org.sqlite.lib.path";

    private static final String INSTEAD =
            "; name another folder with PICKET_JAVA_OPTS=-Djava.io.tmpdir=FOLDER, or install the package, which unpacks none";

    private Natives() {}

    /** Why none can be loaded, in a sentence; empty where they can. */
    public static String trouble() {
        return System.getProperty(UNPACKED) == null ? trouble(Path.of(System.getProperty("java.io.tmpdir"))) : "";
    }

    static String trouble(Path temporary) {
        try {
            Path file = Files.createTempFile(
                    temporary,
                    "picket-",
                    ".so",
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            // On a file system that is mounted noexec nothing may be, not even by root.
            boolean may = Files.isExecutable(file);
            Files.delete(file);
            return may
                    ? ""
                    : "native libraries are unpacked into " + temporary
                            + ", which is mounted noexec, so none can be loaded" + INSTEAD;
        } catch (IOException e) {
            return "native libraries cannot be unpacked into " + temporary + ": " + DiskFault.reason(e) + INSTEAD;
        }
    }
}
