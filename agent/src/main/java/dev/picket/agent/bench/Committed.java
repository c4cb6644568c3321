package dev.picket.agent.bench;

import dev.picket.agent.update.UpdateLoop;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.update.Step;
import dev.picket.ota.update.UpdateStatus;
import java.time.Duration;

/** Which Set was proved last, told by the update's thread. */
final class Committed {
    private String proved = "";

    synchronized void look(UpdateStatus status) {
        if (status.step() == Step.IDLE && status.proved()) {
            proved = status.active().orElse("");
            notifyAll();
        }
    }

    synchronized void await(String set, UpdateLoop loop, Duration patience)
            throws UnavailableException, InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (!proved.equals(set)) {
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new UnavailableException("Set " + set + " was not proved within " + patience + ": "
                        + loop.status().last().map(Object::toString).orElse(loop.trouble()));
            }
            wait(left);
        }
    }
}
