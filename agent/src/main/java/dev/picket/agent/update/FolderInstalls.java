package dev.picket.agent.update;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.FetchLimits;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.release.UsbIndex;
import dev.picket.ota.update.Ended;
import dev.picket.ota.update.InstallOrder;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.UpdateStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Installs from a folder that carries a repository's tree, such as a USB stick, as somebody on this machine asks for it.
 * What is signed, and what the trial says, counts as it does for what comes over the air; windows and budgets do not.
 * Orders are remembered until the agent stops, the latest few.
 */
public final class FolderInstalls {
    private static final int REMEMBERED = 8;

    private final UpdateLoop updates;
    private final Map<String, UpdateOrder.Install> orders = new LinkedHashMap<>();

    public FolderInstalls(UpdateLoop updates) {
        this.updates = updates;
    }

    /**
     * Where an order stands.
     *
     * @param state {@code running}, {@code installed}, {@code refused}, {@code rolled-back} or {@code unavailable}
     * @param sentence how far it has come, or how it ended
     * @param bytes of its files that are here, of {@code total}
     */
    public record Progress(String set, String state, String sentence, long bytes, long total) {}

    /**
     * Orders the Set that the folder's index names, or the given one.
     *
     * @param set {@code factory/4} or its target path; null: what the index names
     * @return the order's id, for {@link #progress}
     * @throws RejectedException the folder has no tree or no index, or the agent has no trusted root
     * @throws UnavailableException another order waits already
     */
    public synchronized String begin(Path folder, @Nullable String set, boolean downgrade, boolean again)
            throws RejectedException, UnavailableException, InterruptedException {
        if (!updates.distrust().isEmpty()) {
            throw new RejectedException(Reason.WRONG_KEY, updates.distrust());
        }
        if (!Files.isReadable(folder.resolve("metadata/timestamp.json"))) {
            throw new RejectedException(
                    Reason.MISSING,
                    folder
                            + " has no metadata/timestamp.json that the agent can read; mount the stick where the agent's"
                            + " user may read it, and name the folder that 'picket release export --usb' has written.");
        }
        String path = set == null ? index(folder) : set.startsWith("sets/") ? set : "sets/" + set + ".json";
        String id = "folder-" + UUID.randomUUID();
        UpdateOrder.Install order;
        try {
            order = new UpdateOrder.Install(new InstallOrder(id, path, downgrade, again), Optional.of(folder));
        } catch (IllegalArgumentException e) {
            throw new RejectedException(Reason.MALFORMED, e.getMessage() + ".");
        }
        if (!updates.order(order)) {
            throw new UnavailableException(
                    "Another order waits for the update that is under way; ask again when it has ended.");
        }
        orders.put(id, order);
        if (orders.size() > REMEMBERED) {
            orders.remove(orders.keySet().iterator().next());
        }
        return id;
    }

    /** Where that order stands; empty where it is not known. */
    public synchronized Optional<Progress> progress(String id) throws InterruptedException {
        UpdateOrder.Install order = orders.get(id);
        if (order == null) {
            return Optional.empty();
        }
        Future.State state = order.end().state();
        return Optional.of(state == Future.State.RUNNING ? underWay(order) : ended(order));
    }

    private static String index(Path folder) throws RejectedException, UnavailableException, InterruptedException {
        byte[] bytes;
        try {
            bytes = Fetcher.of(folder.toUri(), FetchLimits.DEFAULT).bytes(UsbIndex.NAME, UsbIndex.MAX_BYTES);
        } catch (RejectedException e) {
            throw new RejectedException(
                    e.reason(),
                    folder + " has no usable " + UsbIndex.NAME + ": " + e.getMessage() + " Name the Set with --set.");
        }
        return UsbIndex.parse(bytes).set();
    }

    private Progress underWay(UpdateOrder.Install order) {
        UpdateStatus status = updates.status();
        boolean its = status.order().equals(order.id());
        String where = its ? status.step().wireName() : "waits its turn";
        return new Progress(
                order.order().set(),
                "running",
                where,
                its ? updates.fetching().bytes() : 0,
                its ? updates.fetching().total() : 0);
    }

    private static Progress ended(UpdateOrder.Install order) throws InterruptedException {
        try {
            Ended end = order.end().get();
            return new Progress(end.set(), state(end), sentence(end), 0, 0);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            return new Progress(order.order().set(), "unavailable", String.valueOf(cause.getMessage()), 0, 0);
        }
    }

    private static String state(Ended end) {
        if (end.step() == Step.COMMITTED) {
            return "installed";
        }
        return end.step() == Step.ROLLED_BACK ? "rolled-back" : "refused";
    }

    private static String sentence(Ended end) {
        return end.reason().map(each -> each.wireName() + ": ").orElse("") + end.sentence();
    }
}
