package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The unit files, held against systemd's own tools and against the page that explains them. */
class UnitFilesTest {
    private static final Path UNITS = Path.of(System.getProperty("picket.root"), "systemd");
    private static final String SERVICE = "picket.service";
    private static final String CHECK = "picket-check.service";
    private static final String CACHE = "picket-cache.service";
    private static final List<String> ALL = List.of(SERVICE, CHECK, CACHE, "picket-check.timer");
    private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");
    private static final Pattern LINE = Pattern.compile("(\\w+)=(.*)");
    private static final Pattern EXPLAINED = Pattern.compile("`(\\w+)=([^`]*)`");
    /** Of ten, in tenths; systemd-analyze wants it so. */
    private static final String MOST_EXPOSED = "20";

    @TempDir
    Path folder;

    @Test
    void everyLineOfEveryUnitIsExplained() throws IOException {
        String page = Files.readString(UNITS.resolve("README.md"));
        List<String> missing = new ArrayList<>();
        for (String unit : ALL) {
            for (String line : Files.readAllLines(UNITS.resolve(unit))) {
                Matcher setting = LINE.matcher(line);
                if (setting.matches() && !explained(page, setting.group(1), setting.group(2))) {
                    missing.add(unit + ": " + line);
                }
            }
        }
        assertThat(missing).isEmpty();
    }

    @Test
    void thePageExplainsNothingThatIsInNoUnit() throws IOException {
        String units = String.join("\n", ALL.stream().map(UnitFilesTest::text).toList());
        String tables = String.join(
                "\n",
                Files.readAllLines(UNITS.resolve("README.md")).stream()
                        .filter(line -> line.startsWith("| `"))
                        .map(line -> line.split("\\|", -1)[1])
                        .toList());
        EXPLAINED
                .matcher(tables)
                .results()
                .forEach(row -> assertThat(units).contains("\n" + row.group(1) + "=" + row.group(2)));
    }

    @Test
    void everyDropInIsExplained() throws IOException {
        String page = Files.readString(UNITS.resolve("README.md"));
        try (Stream<Path> dropIns = Files.list(UNITS.resolve("drop-ins"))) {
            assertThat(dropIns.toList())
                    .isNotEmpty()
                    .allSatisfy(each -> assertThat(page).contains("`" + each.getFileName() + "`"));
        }
    }

    @Test
    void theOtherServicesAreHardenedAsTheAgentIs() throws IOException {
        List<String> lines = Files.readAllLines(UNITS.resolve(SERVICE));
        int from = lines.indexOf("NoNewPrivileges=yes");
        List<String> hardening = lines.subList(from, lines.indexOf("[Install]")).stream()
                .filter(line -> !line.isEmpty())
                .toList();
        assertThat(hardening).hasSizeGreaterThan(20);
        for (String other : List.of(CHECK, CACHE)) {
            assertThat(Files.readAllLines(UNITS.resolve(other))).containsAll(hardening);
        }
    }

    @Test
    void systemdFindsNothingToSayAboutUnitsAndDropIns() throws Exception {
        try (Stream<Path> dropIns = Files.list(UNITS.resolve("drop-ins"))) {
            for (Path dropIn : dropIns.toList()) {
                assertThat(verify(dropIn)).as(dropIn.toString()).isEmpty();
            }
        }
    }

    @Test
    void systemdRatesEveryServiceAtTwoOrBetter() throws Exception {
        for (String service : List.of(SERVICE, CHECK, CACHE)) {
            Path unit = UNITS.resolve(service);
            Ended rated =
                    run("security", "--no-pager", "--offline=true", "--threshold=" + MOST_EXPOSED, unit.toString());
            assertThat(rated.code()).as(rated.said()).isZero();
            assertThat(rated.said()).contains("Overall exposure level for " + service);
        }
    }

    @Test
    void aUnitWithAMisspeltLineIsFound() throws Exception {
        Path dropIn = folder.resolve("misspelt.conf");
        Files.writeString(dropIn, "[Service]\nProtectSistem=strict\n");
        assertThat(verify(dropIn)).contains("ProtectSistem");
    }

    /** All units with one drop-in, as they would be installed but for the program, which is not on this machine. */
    private String verify(Path dropIn) throws Exception {
        Path units = Files.createDirectories(folder.resolve("units-" + dropIn.getFileName()));
        for (String unit : ALL) {
            Files.writeString(
                    units.resolve(unit),
                    text(unit).replaceAll("/usr/(bin/picket|lib/picket/bin/make-cache)", "/bin/true"));
        }
        Path dropIns = Files.createDirectories(units.resolve(SERVICE + ".d"));
        Files.copy(dropIn, dropIns.resolve(dropIn.getFileName()));
        List<String> words = new ArrayList<>(List.of("verify", "--man=no"));
        ALL.forEach(unit -> words.add(units.resolve(unit).toString()));
        return run(words.toArray(String[]::new)).said();
    }

    private record Ended(int code, String said) {}

    private Ended run(String... words) throws Exception {
        assumeTrue(Files.isExecutable(ANALYZE), "systemd-analyze is not installed");
        List<String> command = new ArrayList<>(List.of(ANALYZE.toString()));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        return new Ended(process.exitValue(), said.strip());
    }

    private static boolean explained(String page, String key, String value) {
        return page.contains("`" + key + "=`") || page.contains("`" + key + "=" + value + "`");
    }

    private static String text(String unit) {
        try {
            return Files.readString(UNITS.resolve(unit));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
