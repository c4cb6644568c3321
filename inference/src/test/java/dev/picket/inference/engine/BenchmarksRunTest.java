package dev.picket.inference.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.drift.TaskWatchBenchmark;
import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/** The benchmarks still run; their figures mean nothing here. */
class BenchmarksRunTest {
    @Test
    void eachBenchmarkMeasuresSomething() throws Exception {
        Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .include(ClassifyBenchmark.class.getName())
                        .include(TaskWatchBenchmark.class.getName())
                        .addProfiler(GCProfiler.class)
                        .forks(0)
                        .warmupIterations(0)
                        .measurementIterations(1)
                        .measurementTime(TimeValue.milliseconds(50))
                        .verbosity(VerboseMode.SILENT)
                        .build())
                .run();
        assertThat(results).hasSize(4);
        assertThat(results)
                .filteredOn(result -> result.getParams().getBenchmark().contains("TaskWatch"))
                .hasSize(2)
                .allSatisfy(result ->
                        assertThat(allocated(result)).as("bytes a verdict").isPositive());
    }

    @SuppressWarnings("rawtypes") // of JMH's own
    private static double allocated(RunResult result) {
        return result.getSecondaryResults().entrySet().stream()
                .filter(each -> each.getKey().endsWith("gc.alloc.rate.norm"))
                .mapToDouble(each -> each.getValue().getScore())
                .findFirst()
                .orElseThrow();
    }
}
