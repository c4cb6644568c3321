package dev.picket.models;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseFolder;
import dev.picket.models.head.HeadTraining;
import dev.picket.models.task.LabelledText;
import dev.picket.models.task.Part;
import dev.picket.models.task.PeftFolder;
import dev.picket.models.task.RowFile;
import dev.picket.models.task.TaskDraft;
import dev.picket.models.task.TaskFiles;
import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
        name = "train",
        description = {
            "Trains a task on labelled texts; calibrate it again before it is used.",
            "Without --dev a hash of each text says what its row is for: 55 of 100 to train on, 15 to choose by, and 15 each that"
                    + " are left for 'calibrate --part calibrate' and 'evaluate --part test'."
        })
final class TrainCommand implements Callable<Integer> {
    private static final int MAX_NGRAMS = 1 << 17;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            paramLabel = "TASK_DIR",
            description = "The task; what is trained is rewritten, and its calibration taken out.")
    private @Nullable Path task;

    @Mixin
    private BaseOption on = new BaseOption();

    @Option(
            names = "--data",
            required = true,
            paramLabel = "FILE",
            description = "Labelled texts (.jsonl with text and label).")
    private @Nullable Path data;

    @Option(
            names = "--dev",
            paramLabel = "FILE",
            description = "Choose by these; then all rows of --data are trained on.")
    private @Nullable Path dev;

    @ArgGroup(multiplicity = "1")
    private What what = new What();

    @Option(
            names = "--ngrams",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "With --head: let it see the N most frequent hashed n-grams of the texts as well (${DEFAULT-VALUE});"
                            + " 20000 is a good number where words decide.")
    private int ngrams;

    @Option(
            names = "--checkpoint",
            paramLabel = "HF_DIR",
            description = "With --lora: the Hugging Face folder that the base was imported from.")
    private @Nullable Path checkpoint;

    @Option(names = "--epochs", paramLabel = "N", defaultValue = "6", description = "With --lora (${DEFAULT-VALUE}).")
    private int epochs;

    @Option(
            names = "--max-rows",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "The most rows that a file may have (${DEFAULT-VALUE}).")
    private int maxRows;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    /** What is trained. */
    private static final class What {
        @Option(names = "--head", description = "A linear head on the base's hidden states, here and in minutes.")
        private boolean head;

        @Option(
                names = "--lora",
                description = "A LoRA adapter with its head, by the recipes' trainer; needs Python with PyTorch.")
        private boolean lora;
    }

    @Override
    public Integer call() throws IOException, BadArtefactException {
        if (ngrams < 0 || ngrams > MAX_NGRAMS) {
            throw new CommandLine.ParameterException(
                    Objects.requireNonNull(spec).commandLine(), "--ngrams is a number from 0 to " + MAX_NGRAMS + ".");
        }
        Path folder = Objects.requireNonNull(task);
        RowFile.Limits limits = RowFile.Limits.DEFAULT.withRows(maxRows);
        List<String> labels = TaskFiles.read(folder).manifest().labelNames();
        List<LabelledText> all = new RowFile(Objects.requireNonNull(data), limits).read(labels, null);
        List<LabelledText> train = dev == null ? Part.TRAIN.of(all) : all;
        List<LabelledText> choose = dev == null ? Part.DEV.of(all) : new RowFile(dev, limits).read(labels, null);
        PrintWriter out = Objects.requireNonNull(spec).commandLine().getOut();
        if (what.lora && !what.head) {
            return lora(folder, train, choose, out);
        }
        HeadTraining.Outcome made = head(folder, train, choose);
        if (json) {
            out.println(object(made));
        } else {
            print(out, made);
        }
        return 0;
    }

    private int lora(Path folder, List<LabelledText> train, List<LabelledText> choose, PrintWriter out)
            throws IOException, BadArtefactException {
        TaskDraft.requireSame(TaskFiles.read(folder).manifest(), BaseFolder.read(on.base()));
        String root = Objects.requireNonNullElse(System.getenv("PICKET_ROOT"), ".");
        String python = Objects.requireNonNullElse(System.getenv("PYTHON"), "/usr/bin/python3");
        LoraRecipe recipe = new LoraRecipe(Path.of(root, "models", "recipes"), python);
        recipe.requireReady();
        if (checkpoint == null || epochs < 1) {
            throw new CommandLine.ParameterException(
                    Objects.requireNonNull(spec).commandLine(),
                    "--lora needs --checkpoint, the Hugging Face folder that the base was imported from, and an epoch or more.");
        }
        Path work = Files.createTempDirectory("picket-lora");
        try {
            Path peft =
                    recipe.train(TaskFiles.read(folder).manifest(), on.base(), checkpoint, train, choose, work, epochs);
            TaskDraft.withAdapter(folder, on.base(), new PeftFolder(peft));
        } finally {
            AtomicFiles.removeTree(work);
        }
        if (json) {
            out.println(DraftJson.of(folder).put("trainRows", train.size()).put("devRows", choose.size()));
        } else {
            out.printf(
                    "trained on %d rows, chosen by %d; now calibrate it on other rows%n", train.size(), choose.size());
        }
        return 0;
    }

    private HeadTraining.Outcome head(Path folder, List<LabelledText> train, List<LabelledText> choose)
            throws IOException, BadArtefactException {
        try (ProgressBar bar = Progress.bar("reading", "texts", train.size() + choose.size())) {
            return new HeadTraining(on.base(), folder, ngrams).run(train, choose, new HeadTraining.Progress() {
                @Override
                public void read() {
                    bar.step();
                }

                @Override
                public void fitted(int of) {
                    if (bar.getMax() != of) {
                        bar.maxHint(of).stepTo(0);
                    }
                    bar.setExtraMessage("fitting").step();
                }
            });
        }
    }

    private void print(PrintWriter out, HeadTraining.Outcome made) {
        for (HeadTraining.Tried each : made.tried()) {
            out.printf(
                    "states at %-4s L2 %-7s dev macro-F1 %.3f, loss %.3f%s%n",
                    each.share(), each.l2(), each.macroF1(), each.loss(), each.equals(made.best()) ? "  <- kept" : "");
        }
        out.printf(
                "trained on %d rows, chosen by %d; now calibrate it on other rows%n", made.trainRows(), made.devRows());
    }

    private static ObjectNode object(HeadTraining.Outcome made) {
        ObjectNode top = JsonMapper.builder().build().createObjectNode();
        top.put("task", made.task().name()).put("trainRows", made.trainRows());
        top.put("devRows", made.devRows()).put("ngrams", made.ngrams());
        put(top.putObject("kept"), made.best());
        ArrayNode tried = top.putArray("tried");
        made.tried().forEach(each -> put(tried.addObject(), each));
        return top;
    }

    private static void put(ObjectNode to, HeadTraining.Tried tried) {
        to.put("states", tried.share())
                .put("l2", tried.l2())
                .put("macroF1", tried.macroF1())
                .put("loss", tried.loss());
    }
}
