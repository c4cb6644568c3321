package dev.picket.ota.conformance;

import dev.picket.ota.AtomicFiles;
import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import dev.picket.ota.tuf.TargetFile;
import dev.picket.ota.tuf.TrustedTargets;
import dev.picket.ota.tuf.TufClient;
import dev.picket.ota.tuf.TufLimits;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The TUF client as the TUF project's conformance suite calls it, {@code ota/tuf-client}:
 *
 * <pre>
 *   --metadata-dir DIR init ROOT
 *   --metadata-dir DIR --metadata-url URL refresh
 *   --metadata-dir DIR --metadata-url URL --target-base-url URL --target-dir DIR --target-name NAME... download
 * </pre>
 *
 * <p>Exit code 0 when all was done, 1 with a sentence on the error stream when not. Several names are downloaded in
 * their order by one client, up to the first that fails. It differs from the agent in the addresses only, and in that
 * it tries once and takes the system's clock as it is.
 */
public final class ConformanceClient {
    private static final String USAGE =
            "usage: tuf-client --metadata-dir DIR init ROOT | --metadata-dir DIR --metadata-url URL refresh | "
                    + "--metadata-dir DIR --metadata-url URL --target-base-url URL --target-dir DIR "
                    + "--target-name NAME... download";
    private static final int MAX_TARGET_BYTES = 256 << 20;
    private static final Retry ONCE = new Retry(1, Duration.ZERO, Duration.ZERO, wait -> {});

    private final Arguments arguments;
    private final Instant now;

    private ConformanceClient(Arguments arguments, Instant now) {
        this.arguments = arguments;
        this.now = now;
    }

    public static void main(String[] args) {
        System.exit(run(args, Instant.now(), System.err));
    }

    /** Runs one command and gives its exit code. */
    static int run(String[] args, Instant now, PrintStream errors) {
        Optional<Arguments> arguments = Arguments.parse(args);
        if (arguments.isEmpty()) {
            errors.println(USAGE);
            return 1;
        }
        try {
            new ConformanceClient(arguments.get(), now).run();
            return 0;
        } catch (RejectedException e) {
            errors.println("tuf-client: refused (" + e.reason().wireName() + "): " + e.getMessage());
        } catch (UnavailableException | IOException | IllegalArgumentException e) {
            errors.println("tuf-client: " + e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        return 1;
    }

    private void run() throws RejectedException, UnavailableException, IOException, InterruptedException {
        switch (arguments.command()) {
            case "init" -> init(Path.of(arguments.operands().getFirst()));
            case "refresh" -> refresh();
            default -> download();
        }
    }

    /** The root is trusted for where it came from; {@code refresh} checks its form and its signatures. */
    private void init(Path root) throws IOException {
        AtomicFiles.createFolders(metadata());
        AtomicFiles.write(metadata().resolve("root.json"), Files.readAllBytes(root));
    }

    private TrustedTargets refresh() throws RejectedException, UnavailableException, IOException, InterruptedException {
        byte[] root = Files.readAllBytes(metadata().resolve("root.json"));
        Fetcher fetcher = new SplitFetcher(address("--metadata-url"), address("--target-base-url"));
        return new TufClient(metadata(), root, fetcher, TufLimits.DEFAULT, ONCE).refresh(now);
    }

    private void download() throws RejectedException, UnavailableException, IOException, InterruptedException {
        Path folder = Path.of(arguments.option("--target-dir"));
        AtomicFiles.createFolders(folder);
        TrustedTargets targets = refresh();
        for (String name : arguments.targetNames()) {
            TargetFile target = targets.find(name)
                    .orElseThrow(() -> new RejectedException(
                            Reason.MISSING, name + " is listed by no role that is trusted for it."));
            Path file = folder.resolve(FileNames.of(name));
            if (!isWhole(target, file)) {
                AtomicFiles.write(file, targets.download(target, MAX_TARGET_BYTES));
            }
        }
    }

    /** Whether the target was downloaded before, with the content that is signed now. */
    private static boolean isWhole(TargetFile target, Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try {
            target.info().check(target.path(), Files.readAllBytes(file));
            return true;
        } catch (RejectedException _) {
            return false;
        }
    }

    private Path metadata() {
        return Path.of(arguments.option("--metadata-dir"));
    }

    private Fetcher address(String option) {
        String address = arguments.option(option);
        // A refresh names no place for targets, and fetches none.
        return Fetcher.of(
                URI.create(address.isEmpty() ? arguments.option("--metadata-url") : address), FetchLimits.DEFAULT);
    }
}
