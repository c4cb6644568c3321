import dev.picket.ota.AtomicFiles;
import dev.picket.ota.release.Kind;
import dev.picket.ota.release.SetManifest;
import dev.picket.ota.release.UsbIndex;
import dev.picket.ota.repository.KeyFolder;
import dev.picket.ota.repository.Repository;
import dev.picket.ota.repository.Validity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Signs the released Set into a tree that a gateway installs as from a stick (ADR 31). The keys are made for this one
 * tree, under a passphrase that nobody sees, and are thrown away when it is signed: nobody can ever sign anything else
 * that its root would vouch for, neither another Set nor a command.
 *
 * <p>Arguments: the folder of what is released, the folder for the tree, a folder to work in, the minimum agent, the
 * instant that counts as now.
 */
final class ReleasedTree {
    /** A package is as fresh as the signed archive that it comes from says; nothing else ever appears under this root. */
    private static final Validity LASTING = new Validity(
            Duration.ofDays(7300), Duration.ofDays(7300), Duration.ofDays(7300), Duration.ofDays(7300));

    private ReleasedTree() {}

    public static void main(String[] arguments) throws Exception {
        Path released = Path.of(arguments[0]);
        Path out = Path.of(arguments[1]);
        Path work = Path.of(arguments[2]);
        Instant now = Instant.parse(arguments[4]);
        byte[] secret = new byte[32];
        new SecureRandom().nextBytes(secret);
        Path keyFolder = Files.createDirectories(work.resolve("keys"));
        try {
            KeyFolder keys = new KeyFolder(keyFolder, HexFormat.of().formatHex(secret).toCharArray(), 1_000);
            Repository repository = Repository.init(work.resolve("repository"), keys, 1, 1, LASTING, now);
            String base = repository
                    .add(Kind.BASE, released.resolve("base"), arguments[3], _ -> {})
                    .name();
            List<String> names = new ArrayList<>();
            try (Stream<Path> tasks = Files.list(released.resolve("tasks"))) {
                for (Path task : tasks.sorted().toList()) {
                    names.add(repository.add(Kind.TASK, task, arguments[3], _ -> {}).name());
                }
            }
            SetManifest set = repository.addSet("released", base, names);
            repository.pointChannel("stable", set.path());
            repository.publish(out, keys, LASTING, now, _ -> {});
            AtomicFiles.write(
                    out.resolve(UsbIndex.NAME),
                    new com.fasterxml.jackson.databind.ObjectMapper()
                            .writeValueAsBytes(new UsbIndex(set.path()).toJson()));
        } finally {
            AtomicFiles.removeTree(keyFolder);
        }
    }
}
