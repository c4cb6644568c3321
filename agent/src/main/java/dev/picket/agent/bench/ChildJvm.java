package dev.picket.agent.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Processes of their own, with the flags of a gateway, whose memory is looked at. */
final class ChildJvm {
    private ChildJvm() {}

    /**
     * Starts one.
     *
     * @param flags beside those of every gateway
     * @throws IOException also where this program runs without a class path, so that no second one can have it
     */
    static Process start(Class<?> main, List<String> flags, List<String> arguments) throws IOException {
        return builder(main.getName(), flags, arguments)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** The same of any class, whose standard error is read by the caller, and whose standard output by nobody. */
    static Process startWatched(String main, List<String> flags, List<String> arguments) throws IOException {
        return builder(main, flags, arguments)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    private static ProcessBuilder builder(String main, List<String> flags, List<String> arguments) throws IOException {
        String classPath = System.getProperty("java.class.path", "");
        if (classPath.isEmpty()) {
            throw new IOException("this program has no class path that a second process could be started with");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        // Where a package has its natives, and the like.
        ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
                .filter(flag -> flag.startsWith("-D"))
                .forEach(command::add);
        command.addAll(flags);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(arguments);
        return new ProcessBuilder(command);
    }
}
