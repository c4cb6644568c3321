package dev.picket.agent.journal;

import dev.picket.agent.config.ConfigLoader;
import dev.picket.agent.config.JournalConfig;
import dev.picket.agent.sqlite.NewerSchemaException;
import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** One durable commit of the journal, by its size; {@code picket bench} tells the ratio to the bare insert. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@NullUnmarked
public class JournalAppendBenchmark {
    @Param({"1", "128"})
    public int rows;

    private Path folder;
    private Journal journal;
    private int next;

    @Setup
    public void open() throws IOException, JournalUnavailableException, NewerSchemaException {
        folder = Files.createTempDirectory("picket-append-");
        journal = Journal.open(
                folder.resolve("journal.db"), ConfigLoader.defaults(JournalConfig.class), Clock.systemUTC());
    }

    @TearDown
    public void close() throws IOException {
        journal.close();
        AtomicFiles.removeTree(folder);
    }

    @Benchmark
    public int append() throws JournalUnavailableException {
        List<Verdict> verdicts = new ArrayList<>(rows);
        for (int i = 0; i < rows; i++) {
            verdicts.add(Verdicts.routine("1:" + next++));
        }
        journal.append(verdicts, Map.of("line1", Integer.toString(next)));
        return next;
    }
}
