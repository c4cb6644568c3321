package dev.picket.agent.kill;

import dev.picket.agent.journal.Journal;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Traps anywhere in the three flows: at the beginning of any method, and wherever a call has returned. */
final class RandomTraps {
    private static final List<String> PACKAGES = List.of("commands", "journal", "read", "sqlite", "state", "uplink");
    private static final int AT_ONCE = 12;
    private static final int MAX_PASS = 40;

    private final Random random;
    private final List<Spot> spots = new ArrayList<>();

    RandomTraps(Random random) throws IOException, URISyntaxException {
        this.random = random;
        Path classes = Path.of(Journal.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        for (String each : PACKAGES) {
            try (Stream<Path> files =
                    Files.list(classes.resolve("dev/picket/agent").resolve(each))) {
                files.filter(file -> file.toString().endsWith(".class"))
                        .map(file -> classes.relativize(file).toString())
                        .filter(file -> !file.endsWith("package-info.class"))
                        .sorted()
                        .forEach(file -> spots.addAll(
                                Spot.all(file.replace('/', '.').substring(0, file.length() - ".class".length()))));
            }
        }
    }

    /** Some for one life, of which the first that it walks into is its end. Early passes are likelier than late ones. */
    List<Trap> next() {
        List<Trap> traps = new ArrayList<>();
        for (int i = 0; i < AT_ONCE; i++) {
            traps.add(new Trap(
                    spots.get(random.nextInt(spots.size())), 1 + random.nextInt(1 + random.nextInt(MAX_PASS)), false));
        }
        return traps;
    }
}
