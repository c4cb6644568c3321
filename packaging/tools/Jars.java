import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Lays out the agent's jars for one target: without natives in {@code lib}, the target's own natives in {@code native},
 * the licences that jars bring in {@code licences}. The same input gives the same bytes.
 *
 * <p>Arguments: target (amd64 or arm64), the folder of jars, the folder to write to, the instant that entries get.
 */
final class Jars {
    private static final Pattern NATIVE = Pattern.compile(
            "(ai/onnxruntime/native/|native/lib/[^/]+/|org/sqlite/native/|org/jline/nativ/[^/]+/).*"
                    + "|com/sun/jna/.*\\.(so|dll|jnilib|a)");
    private static final Pattern LICENCE =
            Pattern.compile("(META-INF/)?(LICEN[CS]E|NOTICE|COPYING|ThirdPartyNotices|about)[^/]*", Pattern.CASE_INSENSITIVE);
    private static final Map<String, List<String>> NATIVES = Map.of(
            "amd64",
            List.of(
                    "ai/onnxruntime/native/linux-x64/libonnxruntime.so",
                    "ai/onnxruntime/native/linux-x64/libonnxruntime4j_jni.so",
                    "native/lib/linux-x86_64/cpu/libtokenizers.so",
                    "org/sqlite/native/Linux/x86_64/libsqlitejdbc.so",
                    "com/sun/jna/linux-x86-64/libjnidispatch.so",
                    "org/jline/nativ/Linux/x86_64/libjlinenative.so"),
            "arm64",
            List.of(
                    "ai/onnxruntime/native/linux-aarch64/libonnxruntime.so",
                    "ai/onnxruntime/native/linux-aarch64/libonnxruntime4j_jni.so",
                    "native/lib/linux-aarch64/cpu/libtokenizers.so",
                    "org/sqlite/native/Linux/aarch64/libsqlitejdbc.so",
                    "com/sun/jna/linux-aarch64/libjnidispatch.so",
                    "org/jline/nativ/Linux/arm64/libjlinenative.so"));

    private final List<String> wanted;
    private final Path out;
    private final Instant instant;
    private final List<String> found = new ArrayList<>();

    private Jars(String target, Path out, Instant instant) {
        this.wanted = NATIVES.get(target);
        this.out = out;
        this.instant = instant;
    }

    public static void main(String[] arguments) throws IOException {
        Jars jars = new Jars(arguments[0], Path.of(arguments[2]), Instant.parse(arguments[3]));
        for (String folder : List.of("lib", "native", "licences")) {
            Files.createDirectories(jars.out.resolve(folder));
        }
        List<Path> all;
        try (Stream<Path> files = Files.list(Path.of(arguments[1]))) {
            all = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
        }
        for (Path jar : all) {
            jars.take(jar);
        }
        List<String> missing = new ArrayList<>(jars.wanted);
        missing.removeAll(jars.found);
        if (!missing.isEmpty()) {
            throw new IOException("No jar holds " + missing + "; a dependency has changed its layout.");
        }
        String names = all.stream().map(jar -> jar.getFileName().toString()).collect(Collectors.joining(":"));
        Files.writeString(jars.out.resolve("lib/class-path"), names + "\n");
    }

    private void take(Path jar) throws IOException {
        String name = jar.getFileName().toString();
        // Maven gives each entry the mode of its file, which is this builder's umask; written again it has none.
        boolean again = name.startsWith("picket-");
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                again |= NATIVE.matcher(entry.getName()).matches();
                if (wanted.contains(entry.getName())) {
                    found.add(entry.getName());
                    unpack(zip, entry, out.resolve("native").resolve(lastName(entry)));
                } else if (LICENCE.matcher(entry.getName()).matches() && !entry.isDirectory()) {
                    Path folder = out.resolve("licences").resolve(name.replaceFirst("\\.jar$", ""));
                    Files.createDirectories(folder);
                    unpack(zip, entry, folder.resolve(lastName(entry)));
                }
            }
            if (again) {
                repack(zip, out.resolve("lib").resolve(name));
            }
        }
        if (!again) {
            Files.copy(jar, out.resolve("lib").resolve(name));
        }
    }

    private static String lastName(ZipEntry entry) {
        return Path.of(entry.getName()).getFileName().toString();
    }

    private static void unpack(ZipFile zip, ZipEntry entry, Path to) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            Files.write(to, in.readAllBytes());
        }
    }

    private void repack(ZipFile zip, Path to) throws IOException {
        TreeMap<String, ZipEntry> kept = new TreeMap<>();
        for (ZipEntry entry : Collections.list(zip.entries())) {
            // Folders stay: what is found by listing one, as Micronaut finds its beans, is not found without its entry.
            if (!NATIVE.matcher(entry.getName()).matches()
                    && !entry.getName().equals("ThirdPartyNotices.txt")) {
                kept.put(entry.getName(), entry);
            }
        }
        try (ZipOutputStream jar = new ZipOutputStream(Files.newOutputStream(to))) {
            // First, as class loaders expect it.
            ZipEntry manifest = kept.remove("META-INF/MANIFEST.MF");
            if (manifest != null) {
                copy(zip, manifest, jar);
            }
            for (ZipEntry entry : kept.values()) {
                copy(zip, entry, jar);
            }
        }
    }

    private void copy(ZipFile zip, ZipEntry entry, ZipOutputStream jar) throws IOException {
        ZipEntry copy = new ZipEntry(entry.getName());
        copy.setTimeLocal(instant.atZone(ZoneOffset.UTC).toLocalDateTime());
        jar.putNextEntry(copy);
        try (InputStream in = zip.getInputStream(entry)) {
            in.transferTo(jar);
        }
        jar.closeEntry();
    }
}
