package dev.picket.models.evaluation;

import dev.picket.inference.BadArtefactException;
import dev.picket.inference.Classification;
import dev.picket.models.task.LabelledText;
import dev.picket.models.task.TaskDesk;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Asks candidates about the same rows, and makes an {@link Evaluation} of their answers. */
public final class Evaluator {
    private static final int MAX_GROUPS = 100;
    private static final int MAX_EXAMPLES = 5;
    private static final int MAX_INDEX = 200_000;
    private static final int MAX_CHARACTERS = 4_000;

    private final String file;
    private final List<String> labels;
    private final List<LabelledText> rows;
    private final long seed;
    private final int resamples;
    private final List<Evaluation.Candidate> asked = new ArrayList<>();
    private final List<Evaluation.Overlap> overlaps = new ArrayList<>();
    private @Nullable String field;

    /**
     * @param file of the rows, for people
     * @param labels the places of the rows' labels
     * @param seed of the resamples
     * @param resamples that an interval is read from
     */
    public Evaluator(String file, List<String> labels, List<LabelledText> rows, long seed, int resamples) {
        this.file = file;
        this.labels = List.copyOf(labels);
        this.rows = List.copyOf(rows);
        this.seed = seed;
        this.resamples = resamples;
    }

    /** How many numbers are held at once for the intervals: each figure of each candidate in each resample, and differences of one. */
    public static long numbers(int labels, int candidates, int resamples) {
        return (long) Figures.count(labels) * (candidates == 1 ? 1 : candidates + 1) * resamples;
    }

    /** Asks one candidate about every row. */
    public void ask(String name, TaskDesk desk, TaskDesk.Done done) throws BadArtefactException {
        List<String> its = desk.manifest().labelNames();
        if (its.size() != labels.size() || !new HashSet<>(its).equals(new HashSet<>(labels))) {
            throw new BadArtefactException(name + " has the labels " + its + " and the first task has " + labels
                    + "; only tasks with the same labels can stand side by side.");
        }
        List<Classification> answers = new ArrayList<>();
        for (LabelledText row : rows) {
            answers.add(desk.classify(row));
            done.one();
        }
        asked.add(new Evaluation.Candidate(
                name,
                desk.manifest(),
                desk.taskDigest(),
                desk.baseDigest(),
                Answers.of(labels, rows, answers),
                List.of()));
    }

    /** Splits by the rows' groups, and looks for rows that nearly stand in another group as well. */
    public void split(String byField) throws BadArtefactException {
        Map<String, List<Integer>> groups = groups();
        if (groups.size() > MAX_GROUPS) {
            throw new BadArtefactException("The field '" + byField + "' has " + groups.size() + " values, more than "
                    + MAX_GROUPS + "; name how many characters of it count, as in time:7 for the month.");
        }
        field = byField;
        List<String> names = List.copyOf(groups.keySet());
        NearDuplicates index = new NearDuplicates(MAX_INDEX, MAX_CHARACTERS);
        boolean whole = true;
        for (LabelledText row : rows) {
            whole &= index.add(row.text(), names.indexOf(row.group()), row.line());
        }
        find("other groups of " + byField, index, names, names, whole);
    }

    /** Looks for rows that nearly stand in other rows as well, which the task may have been trained on. */
    public void holdAgainst(String other, Collection<LabelledText> others) {
        NearDuplicates index = new NearDuplicates(MAX_INDEX, MAX_CHARACTERS);
        boolean whole = true;
        for (LabelledText row : others) {
            whole &= index.add(row.text(), 0, row.line());
        }
        find(other, index, List.of(), List.of(other), whole);
    }

    private void find(String with, NearDuplicates index, List<String> own, List<String> sides, boolean whole) {
        List<Evaluation.Example> examples = new ArrayList<>();
        List<Integer> rest = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            LabelledText row = rows.get(i);
            NearDuplicates.Match match = index.find(row.text(), own.indexOf(row.group()));
            if (match == null) {
                rest.add(i);
            } else if (examples.size() < MAX_EXAMPLES) {
                examples.add(
                        new Evaluation.Example(row.line(), sides.get(match.side()), match.line(), match.likeness()));
            }
        }
        int[] places = rest.stream().mapToInt(Integer::intValue).toArray();
        List<Figures> without = places.length == 0
                ? List.of()
                : asked.stream()
                        .map(each -> Figures.of(each.answers().of(places)))
                        .toList();
        overlaps.add(new Evaluation.Overlap(with, rows.size() - places.length, index.size(), whole, examples, without));
    }

    /** What was found, with intervals. */
    public Evaluation finish() {
        Bootstrap bootstrap = new Bootstrap(seed, resamples);
        Bootstrap.Result result =
                bootstrap.of(asked.stream().map(Evaluation.Candidate::answers).toList());
        List<Evaluation.Candidate> whole = IntStream.range(0, asked.size())
                .mapToObj(i -> with(asked.get(i), result.figures().get(i)))
                .toList();
        List<Integer> truths = IntStream.range(0, labels.size())
                .mapToObj(label ->
                        (int) rows.stream().filter(row -> row.label() == label).count())
                .toList();
        return new Evaluation(
                file,
                rows.size(),
                seed,
                resamples,
                labels,
                truths,
                whole,
                result.differences(),
                field == null ? null : new Evaluation.Split(field, figures(bootstrap)),
                overlaps);
    }

    private List<Evaluation.Group> figures(Bootstrap bootstrap) {
        List<Evaluation.Group> made = new ArrayList<>();
        groups().forEach((name, members) -> {
            int[] places = members.stream().mapToInt(Integer::intValue).toArray();
            List<Answers> parts =
                    asked.stream().map(each -> each.answers().of(places)).toList();
            made.add(new Evaluation.Group(
                    name, places.length, bootstrap.of(parts).figures()));
        });
        return made;
    }

    private Map<String, List<Integer>> groups() {
        Map<String, List<Integer>> groups = new TreeMap<>();
        for (int i = 0; i < rows.size(); i++) {
            groups.computeIfAbsent(rows.get(i).group(), _ -> new ArrayList<>()).add(i);
        }
        return new LinkedHashMap<>(groups);
    }

    private static Evaluation.Candidate with(Evaluation.Candidate asked, List<Estimate> figures) {
        return new Evaluation.Candidate(
                asked.name(), asked.task(), asked.taskDigest(), asked.baseDigest(), asked.answers(), figures);
    }
}
