package dev.picket.agent.cli;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is done about a thread that has ended by what nobody caught. One of ours leaves a flow without it, and a restart is what the
 * journal is made for. No orderly stop is tried: it might wait for what is gone.
 */
final class LastResort implements Thread.UncaughtExceptionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(LastResort.class);
    /** Paho names its threads so: MQTT Rec, Snd, Call, Con and Ping. */
    private static final String PAHO = "MQTT ";

    private final Runnable halt;

    /** @param halt ends the process at once */
    LastResort(Runnable halt) {
        this.halt = halt;
    }

    /**
     * Paho 1.2.5 falls over itself where a client is closed while an acknowledgement is on its way. Such a connection is over already; one
     * that is not is given up at the next acknowledgement that does not come. An Error, such as no memory left, is one of ours anywhere.
     */
    @Override
    public void uncaughtException(Thread thread, Throwable fault) {
        if (fault instanceof Exception && thread.getName().startsWith(PAHO)) {
            LOG.warn("A thread of the MQTT client, {}, has ended by {}", thread.getName(), fault.toString());
            return;
        }
        LOG.error(
                "The thread {} has ended by {}; the agent stops, so that it is started again",
                thread.getName(),
                fault.toString(),
                fault);
        halt.run();
    }
}
