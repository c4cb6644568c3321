package dev.picket.ota.update;

import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.store.SetFolder;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** A gateway's process for {@link SigkillTest}: runs an update, says when it is at a point, and waits there to be killed. */
final class KilledChild {
    private KilledChild() {}

    public static void main(String[] args) throws Exception {
        Path folder = Path.of(args[0]);
        byte[] root = Files.readAllBytes(Path.of(args[1]));
        String point = args[3];
        Fetcher real = Fetcher.of(URI.create(args[2]), FetchLimits.DEFAULT);
        Fetcher fetcher = (path, from, most, body) -> {
            real.fetch(path, from, most, body);
            if (path.startsWith("blobs/")) {
                at(point, "fetch");
            }
        };
        Gateway gateway = new Gateway(folder, root, fetcher);
        gateway.trial = new FakeTrial() {
            @Override
            public Finding examine(SetFolder candidate, @Nullable SetFolder incumbent, Recall recall) {
                at(point, "examine");
                return found(Step.EXAM, Finding.Result.PASSED, "Examined.");
            }

            @Override
            public void switchTo(@Nullable SetFolder set) {
                at(point, "switch");
            }

            @Override
            public Finding probation(SetFolder set, Probation probation) {
                at(point, "probation");
                return found(Step.PROBATION, Finding.Result.PASSED, "Proved.");
            }
        };
        Updater updater = gateway.startWith(gateway.trial);
        updater.resume();
        updater.poll();
        System.out.println("done");
    }

    private static void at(String point, String here) {
        if (!point.equals(here)) {
            return;
        }
        System.out.println("at " + here);
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }
}
