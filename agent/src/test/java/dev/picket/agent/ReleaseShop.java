package dev.picket.agent;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.bench.TaskVariant;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.CascadeRule;
import dev.picket.inference.codec.TaskFolder;
import dev.picket.inference.codec.TaskManifest;
import dev.picket.ota.Hashes;
import dev.picket.ota.RejectedException;
import dev.picket.ota.release.CommandJwk;
import dev.picket.ota.release.CommandJwks;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.Release;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.repository.KeyFolder;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.repository.Validity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/** A publisher with keys of its own, who has the released base and task, and makes variants of them. */
public final class ReleaseShop {
    public static final Path RELEASED = Path.of(System.getProperty("picket.root"), "models", "released");
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int FEW_ITERATIONS = 10;
    private static final String SET = "factory";
    private static final String CHANNEL = "stable";
    /** Of what a first stage answers, the share that its task's owner allows to be wrong. */
    private static final double ERROR_BOUND = 0.05;

    private final Path folder;
    private final KeyFolder keys;
    private Repository repository;
    private int made;

    public ReleaseShop(Path folder) throws RejectedException, IOException {
        assertTrue(Files.exists(RELEASED.resolve("base/base.json")), "There is no released Set in " + RELEASED);
        this.folder = folder;
        this.keys = new KeyFolder(folder.resolve("keys"), "secret".toCharArray(), FEW_ITERATIONS);
        this.repository = Repository.init(folder.resolve("repository"), keys, 1, 1, Validity.DEFAULT, Instant.now());
        repository.add(Kind.BASE, RELEASED.resolve("base"), "0.1.0", _ -> {});
        Files.createDirectories(served());
        sign();
    }

    /** What gateways read. */
    public Path served() {
        return folder.resolve("served");
    }

    /** The publisher's folder, for {@code picket release}. */
    public Path repository() {
        return folder.resolve("repository");
    }

    public Path root() {
        return repository.trustRoot();
    }

    /** Publishes the next Set, whose task has this version, and answers its label. */
    public String publish(String version) throws RejectedException, IOException {
        return publish(version, UnaryOperator.identity());
    }

    /** The same with the exam's rows changed so. */
    public String publish(String version, UnaryOperator<String> exam) throws RejectedException, IOException {
        repository.add(Kind.TASK, task(version, baseDigest(), exam), "0.1.0", _ -> {});
        SetManifest set = repository.addSet(SET, "picket-small/1", List.of("fraud"));
        repository.pointChannel(CHANNEL, set.path());
        sign();
        return SET + "/" + set.counter();
    }

    /** The same with other bytes in the task's adapter, which therefore come over the link. */
    public String publishAdapter(int number) throws RejectedException, BadArtefactException, IOException {
        return publishVariant(number, baseDigest(), "picket-small/1");
    }

    /** Publishes the next Set with a first stage: a wrapped base, whose task may answer "ham" where it is that sure. */
    public String publishStages(QuickTask quick, double leastConfidence)
            throws RejectedException, BadArtefactException, IOException {
        Path task = copy(RELEASED.resolve("tasks/fraud"));
        TaskManifest is = TaskFolder.read(task).manifest();
        CascadeRule rule = new CascadeRule(
                QuickTask.NAME, Map.of("ham", new TaskManifest.Threshold(leastConfidence, 400, ERROR_BOUND)));
        Files.write(task.resolve(TaskManifest.FILE), is.withCascade(rule).toBytes());
        made++;
        Path first = folder.resolve("model-" + made);
        quick.write(first);
        repository.add(Kind.TASK, withoutLatencyGate(task), "0.1.0", _ -> {});
        String base =
                repository.add(Kind.BASE, QuickTask.BASE, "0.1.0", _ -> {}).name();
        repository.add(Kind.TASK, first, "0.1.0", _ -> {});
        SetManifest set = repository.addSet(
                SET,
                new Repository.Stage("picket-small/1", List.of("fraud")),
                new Repository.Stage(base, List.of(QuickTask.NAME)));
        repository.pointChannel(CHANNEL, set.path());
        sign();
        return SET + "/" + set.counter();
    }

    /** Other work on the machine that runs the tests is no fault of the task. */
    private static Path withoutLatencyGate(Path task) throws IOException {
        ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(task.resolve("task.json")));
        ((ObjectNode) json.get("exam")).put("maxLatencyRatio", 100);
        Files.write(task.resolve("task.json"), JSON.writeValueAsBytes(json));
        return task;
    }

    /** The same on another base. */
    public String publishBase(int number) throws RejectedException, BadArtefactException, IOException {
        Path base = copy(RELEASED.resolve("base"));
        ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(base.resolve("base.json")));
        byte[] other = JSON.writeValueAsBytes(json.put("version", Integer.toString(number)));
        Files.write(base.resolve("base.json"), other);
        Release added = repository.add(Kind.BASE, base, "0.1.0", _ -> {});
        return publishVariant(number, Hashes.sha256(other), added.name() + "/" + added.counter());
    }

    private String publishVariant(int number, String digest, String base)
            throws RejectedException, BadArtefactException, IOException {
        made++;
        Path task = folder.resolve("model-" + made);
        TaskVariant.write(RELEASED.resolve("tasks/fraud"), task, digest, number);
        repository.add(Kind.TASK, task, "0.1.0", _ -> {});
        SetManifest set = repository.addSet(SET, base, List.of("fraud"));
        repository.pointChannel(CHANNEL, set.path());
        sign();
        return SET + "/" + set.counter();
    }

    /** Publishes these as the keys that may order gateways about. */
    public void commandKeys(CommandJwk... keys) throws RejectedException, IOException {
        repository.putCommandKeys(new CommandJwks(List.of(keys), 0));
        sign();
    }

    /** Makes the channel name a Set of before. */
    public void pointAt(String label) throws RejectedException, IOException {
        repository.pointChannel(CHANNEL, "sets/" + label + ".json");
        sign();
    }

    /** Signs a Set whose task was made for another base: what a careless targets key can do. */
    public void slipTaskOfAnotherBase() throws RejectedException, IOException {
        Path base = copy(RELEASED.resolve("base"));
        ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(base.resolve("base.json")));
        byte[] other = JSON.writeValueAsBytes(json.put("version", "99.0.0"));
        Files.write(base.resolve("base.json"), other);
        repository.add(Kind.BASE, base, "0.1.0", _ -> {});
        Path task = task("9", Hashes.sha256(other), UnaryOperator.identity());
        Release added = repository.add(Kind.TASK, task, "0.1.0", _ -> {});
        String first = "releases/base/picket-small/1.json";
        SetManifest set = new SetManifest(
                SET,
                90,
                new SetManifest.Member(first, baseDigest()),
                List.of(new SetManifest.Member(added.path(), added.digest())));
        slip(set.path(), JSON.writeValueAsBytes(set.toJson()));
        pointAt(SET + "/90");
    }

    /** The content of the served file whose path ends so, changed. */
    public void tamper(String pathEnd, UnaryOperator<String> how) throws IOException {
        Path file = only(pathEnd);
        byte[] changed =
                how.apply(Files.readString(file, StandardCharsets.ISO_8859_1)).getBytes(StandardCharsets.ISO_8859_1);
        Files.write(file, changed);
    }

    /** The digest of the exam's file that the newest task lists. */
    public String newestExam() throws IOException {
        return Hashes.sha256(folder.resolve("model-" + made).resolve("exam.jsonl"));
    }

    /** Serves the tree as it is signed, whatever was done to it. */
    public void restore() throws RejectedException, IOException {
        try (Stream<Path> all = Files.walk(served())) {
            for (Path each : all.filter(Files::isRegularFile).toList()) {
                Files.delete(each);
            }
        }
        sign();
    }

    private void sign() throws RejectedException, IOException {
        repository.publish(served(), keys, Validity.DEFAULT, Instant.now(), _ -> {});
    }

    private Path only(String pathEnd) throws IOException {
        try (Stream<Path> all = Files.walk(served())) {
            return all.filter(each -> each.toString().endsWith(pathEnd))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private Path task(String version, String base, UnaryOperator<String> exam) throws IOException {
        Path task = copy(RELEASED.resolve("tasks/fraud"));
        Path rows = task.resolve("exam.jsonl");
        byte[] changed = exam.apply(Files.readString(rows)).getBytes(StandardCharsets.UTF_8);
        Files.write(rows, changed);
        ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(task.resolve("task.json")));
        json.put("version", version).put("base", base);
        json.get("files").forEach(file -> {
            if (file.path("name").asText().equals("exam.jsonl")) {
                ((ObjectNode) file).put("length", changed.length).put("sha256", Hashes.sha256(changed));
            }
        });
        Files.write(task.resolve("task.json"), JSON.writeValueAsBytes(json));
        return withoutLatencyGate(task);
    }

    private Path copy(Path from) throws IOException {
        made++;
        Path to = Files.createDirectories(folder.resolve("model-" + made));
        try (Stream<Path> files = Files.list(from)) {
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()));
            }
        }
        return to;
    }

    private static String baseDigest() throws IOException {
        return Hashes.sha256(RELEASED.resolve("base/base.json"));
    }

    /** Puts a target that the repository itself would refuse. */
    private void slip(String path, byte[] bytes) throws RejectedException, IOException {
        int name = path.lastIndexOf('/') + 1;
        Path file = repository
                .tree()
                .resolve("targets")
                .resolve(path.substring(0, name) + Hashes.sha256(bytes) + "." + path.substring(name));
        Files.write(file, bytes);
        Path contents = folder.resolve("repository/contents.json");
        ObjectNode json = (ObjectNode) JSON.readTree(Files.readAllBytes(contents));
        ObjectNode target = ((ObjectNode) json.put("changed", true).get("targets"))
                .putObject(path)
                .put("length", bytes.length);
        target.putObject("hashes").put("sha256", Hashes.sha256(bytes));
        Files.write(contents, JSON.writeValueAsBytes(json));
        repository = Repository.open(folder.resolve("repository"));
    }
}
