package dev.picket.agent.update;

import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.release.UsbIndex;
import dev.picket.ota.update.UpdateStatus;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What came with the machine: a folder with a signed tree, as a stick carries it, whose Set is ordered when the agent
 * starts and nothing was ever installed. It is held against the same trusted root as everything else, so a tree that
 * somebody else signed is refused, and said so; one that failed its trial here is not tried again.
 */
public final class FirstSet {
    private static final Logger log = LoggerFactory.getLogger(FirstSet.class);

    private FirstSet() {}

    /**
     * Orders it, where there is one and it is wanted.
     *
     * @param where things stand, as it was saved
     * @param folder need not be there
     * @return whether it was ordered
     */
    public static boolean order(UpdateStatus where, FolderInstalls installs, Path folder) {
        boolean nothingYet = where.active().isEmpty() && where.candidate().isEmpty();
        if (!nothingYet || !Files.isReadable(folder.resolve(UsbIndex.NAME))) {
            return false;
        }
        try {
            installs.begin(folder, null, false, false);
            log.info("No Set is installed yet, so the one in {} is ordered", folder);
            return true;
        } catch (RejectedException | UnavailableException e) {
            log.warn("The Set in {} cannot be installed: {}", folder, e.getMessage());
            return false;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
