package dev.picket.models;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import dev.picket.models.attack.AttackTrial;
import dev.picket.models.task.AttackedText;
import dev.picket.models.task.RowFile;
import dev.picket.models.task.TaskDesk;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "attack",
        description = {
            "Counts the labels that change when somebody writes into the texts, through the classifier that the gateway runs.",
            "Rows have a text, what it was before (base_text), the label that the attack asks for (target) and its kind"
                    + " (source). A row without base_text, such as a broken one, has to be answered or refused and no more."
        })
final class AttackCommand implements Callable<Integer> {
    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(paramLabel = "TASK_DIR", description = "The task.")
    private @Nullable Path task;

    @Mixin
    private BaseOption on = new BaseOption();

    @Option(names = "--rows", required = true, paramLabel = "FILE", description = "The texts (.jsonl).")
    private @Nullable Path rows;

    @Option(
            names = "--where",
            paramLabel = "FIELD=VALUE",
            description =
                    "Only rows whose field has that value, such as dataset=notes; all of them where it is given again.")
    private Map<String, String> where = new TreeMap<>();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() throws IOException, BadArtefactException {
        Path file = Objects.requireNonNull(rows);
        List<AttackedText> texts = new RowFile(file, RowFile.Limits.DEFAULT).attacked(where);
        if (texts.isEmpty()) {
            throw new BadArtefactException(file + " has no row where " + where + ".");
        }
        Map<String, AttackTrial.Count> counts;
        try (TaskDesk desk = TaskDesk.open(on.base(), Objects.requireNonNull(task));
                ProgressBar bar = Progress.bar("attacking", "texts", texts.size())) {
            counts = AttackTrial.of(texts, desk::ask, bar::step);
        }
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        if (json) {
            ObjectNode top = JsonNodeFactory.instance.objectNode();
            counts.forEach((source, count) -> top.putObject(source)
                    .put("rows", count.rows())
                    .put("refused", count.refused())
                    .put("compared", count.compared())
                    .put("changed", count.changed())
                    .put("reached", count.reached())
                    .put("believed", count.believed()));
            out.println(top);
            return 0;
        }
        int width = counts.keySet().stream().mapToInt(String::length).max().orElse(0);
        counts.forEach((source, count) -> out.printf(
                Locale.ROOT,
                "%-" + Math.max(1, width)
                        + "s  %4d rows, %d refused; of %d compared %d changed, %d to the label asked for; accepted"
                        + " with the changed label: %d%n",
                source,
                count.rows(),
                count.refused(),
                count.compared(),
                count.changed(),
                count.reached(),
                count.believed()));
        return 0;
    }
}
