package dev.picket.models;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.models.task.LabelledText;
import dev.picket.ota.AtomicFiles;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The recipes' PyTorch trainer as a program of its own: rows go in as files, a PEFT folder comes out. Nothing of it is needed for
 * anything else, so what is missing is said when it is asked for.
 */
final class LoraRecipe {
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Path script;
    private final String python;

    /**
     * @param recipes the checkout's models/recipes
     * @param python that has PyTorch
     */
    LoraRecipe(Path recipes, String python) {
        this.script = recipes.resolve("lora.py");
        this.python = python;
    }

    /** Says in a sentence what is missing. */
    void requireReady() throws IOException, BadArtefactException {
        if (!Files.isRegularFile(script)) {
            throw new BadArtefactException(
                    script
                            + " is not there; --lora runs the recipe of a checkout, so start it as ./picket workshop from one.");
        }
        boolean ready;
        try {
            ready = run(List.of(python, "-c", "import torch, numpy"), ProcessBuilder.Redirect.DISCARD) == 0;
        } catch (InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            throw new BadArtefactException(
                    "--lora needs Python, and '" + python
                            + "' does not start; install python3-torch, or name another in PYTHON.",
                    e);
        }
        if (!ready) {
            throw new BadArtefactException("--lora needs PyTorch, and '" + python
                    + "' cannot import torch and numpy; install python3-torch, or name another Python in PYTHON.");
        }
    }

    /**
     * Trains.
     *
     * @param base the task's
     * @param checkpoint the Hugging Face folder that the base was imported from
     * @param work an empty folder
     * @return the PEFT folder in it
     */
    Path train(
            TaskManifest task,
            Path base,
            Path checkpoint,
            List<LabelledText> train,
            List<LabelledText> dev,
            Path work,
            int epochs)
            throws IOException, BadArtefactException {
        Path out = work.resolve("peft");
        int ended = run(
                List.of(
                        python,
                        script.toString(),
                        "--base=" + base,
                        "--checkpoint=" + checkpoint,
                        "--train=" + rows(work.resolve("train.jsonl"), train),
                        "--dev=" + rows(work.resolve("dev.jsonl"), dev),
                        "--out=" + out,
                        "--prefix=" + task.prompt().prefix(),
                        "--suffix=" + task.prompt().suffix(),
                        "--max-text-tokens=" + task.prompt().maxTextTokens(),
                        "--labels=" + task.labels().size(),
                        "--epochs=" + epochs),
                ProcessBuilder.Redirect.INHERIT);
        if (ended != 0) {
            throw new BadArtefactException("The trainer ended with " + ended + "; what it said stands above.");
        }
        return out;
    }

    private static Path rows(Path file, List<LabelledText> rows) throws IOException {
        AtomicFiles.write(file, AtomicFiles.Access.OWNER, to -> {
            for (LabelledText row : rows) {
                String line = JSON.createObjectNode()
                        .put("text", row.text())
                        .put("label", row.label())
                        .toString();
                to.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            }
        });
        return file;
    }

    /** What it says goes to the error stream: --json has the other one for itself. */
    private static int run(List<String> command, ProcessBuilder.Redirect says) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(command))
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(says);
        builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
        // The trainer asks for one thread; OpenBLAS would start others beside it, which get in its way.
        builder.environment().put("OPENBLAS_NUM_THREADS", "1");
        Process process = builder.start();
        try {
            return process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            InterruptedIOException stopped = new InterruptedIOException("Stopped while the trainer ran.");
            stopped.initCause(e);
            throw stopped;
        }
    }
}
