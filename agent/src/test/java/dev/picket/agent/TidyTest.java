package dev.picket.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.LineMap;
import com.sun.source.tree.MethodTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import dev.picket.agent.config.Keys;
import dev.picket.agent.config.PicketConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/** What no compiler checks: lengths, names, and that the docs say the truth. Scans the whole tree. */
class TidyTest {
    private static final Path ROOT = Path.of(System.getProperty("picket.root"));
    private static final int MAX_FILE_LINES = 400;
    private static final int MAX_METHOD_LINES = 70;
    private static final Pattern BANNED_NAME =
            Pattern.compile("(Utils?|Helpers?|Manager|Impl|Factory)$|^(Abstract|Base[A-Z]\\w*Impl)");
    /** Words that mean unfinished or hidden work; each is put together here so that this file passes itself. */
    private static final List<String> BANNED_WORDS = List.of("TO" + "DO", "FIX" + "ME", "XX" + "X", "@Dis" + "abled");

    private static final Pattern CODE = Pattern.compile("`([^`\\s]+)`");
    private static final Pattern CLASS_NAME = Pattern.compile("[A-Z][a-z]\\w*");

    @Test
    void noFileIsLongerThanAPersonReads() throws IOException {
        for (Path file : sources()) {
            assertThat(Files.readAllLines(file)).as(file.toString()).hasSizeLessThanOrEqualTo(MAX_FILE_LINES);
        }
    }

    @Test
    void noMethodIsLongerThanAScreen() throws IOException {
        List<String> tooLong = new ArrayList<>();
        eachUnit((unit, positions) -> new TreeScanner<Void, Void>() {
            @Override
            public Void visitMethod(MethodTree method, Void nothing) {
                LineMap lines = unit.getLineMap();
                long start = positions.getStartPosition(unit, method);
                long end = positions.getEndPosition(unit, method);
                if (start >= 0 && end > start) {
                    long length = lines.getLineNumber(end) - lines.getLineNumber(start) + 1;
                    if (length > MAX_METHOD_LINES) {
                        tooLong.add(unit.getSourceFile().getName() + " " + method.getName() + ": " + length);
                    }
                }
                return super.visitMethod(method, null);
            }
        }.scan(unit, null));
        assertThat(tooLong).isEmpty();
    }

    @Test
    void namesSayWhatAThingIs() throws IOException {
        List<String> banned = new ArrayList<>();
        eachUnit((unit, _) -> new TreeScanner<Void, Void>() {
            @Override
            public Void visitClass(ClassTree type, Void nothing) {
                if (BANNED_NAME.matcher(type.getSimpleName()).find()) {
                    banned.add(type.getSimpleName().toString());
                }
                return super.visitClass(type, null);
            }
        }.scan(unit, null));
        assertThat(banned).isEmpty();
    }

    @Test
    void nothingIsMarkedAsUnfinished() throws IOException {
        for (Path file : sources()) {
            assertThat(Files.readString(file)).as(file.toString()).doesNotContain(BANNED_WORDS);
        }
    }

    @Test
    void everyConfigurationKeyIsDocumented() throws IOException {
        String documented = Files.readString(ROOT.resolve("docs/configuration.md"));
        for (String key : Keys.of(PicketConfig.class)) {
            assertThat(documented).as("docs/configuration.md").contains("`" + key + "`");
        }
    }

    @Test
    void everyClassThatTheArchitectureNamesExists() throws IOException {
        Set<String> classes = sources().stream()
                .map(file -> file.getFileName().toString().replace(".java", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        Matcher matcher = CODE.matcher(Files.readString(ROOT.resolve("ARCHITECTURE.md")));
        List<String> named = new ArrayList<>();
        while (matcher.find()) {
            String name = matcher.group(1).replaceAll("[.(#].*", "");
            if (CLASS_NAME.matcher(name).matches()) {
                named.add(name);
            }
        }
        assertThat(named).hasSizeGreaterThan(10);
        assertThat(classes).containsAll(named);
    }

    private interface UnitVisitor {
        void visit(CompilationUnitTree unit, SourcePositions positions);
    }

    private static void eachUnit(UnitVisitor visitor) throws IOException {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            var task = (JavacTask)
                    compiler.getTask(null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources()));
            SourcePositions positions = Trees.instance(task).getSourcePositions();
            for (CompilationUnitTree unit : task.parse()) {
                visitor.visit(unit, positions);
            }
        }
    }

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        collect(ROOT, sources);
        return sources;
    }

    /** What is built is left out: it may hold whole systems, with folders that nobody may look into. */
    private static void collect(Path folder, List<Path> sources) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.toList()) {
                if (!Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    if (file.toString().endsWith(".java")) {
                        sources.add(file);
                    }
                } else if (!file.endsWith("target")) {
                    collect(file, sources);
                }
            }
        }
    }
}
