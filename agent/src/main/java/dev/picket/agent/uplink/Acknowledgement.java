package dev.picket.agent.uplink;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Publishes one message and waits for the broker's answer: for the few that are not verdicts. */
final class Acknowledgement implements Delivery {
    private static final int TAKEN = 0;
    private static final int LOST = -1;
    private static final int LATE = -2;

    private final CompletableFuture<Integer> answer = new CompletableFuture<>();

    /** Publishes and waits at most {@code patience} for a place and as long again for the answer. */
    static void await(BrokerConnection connection, Message message, Duration patience)
            throws BrokerUnavailableException, BrokerRefusedException, InterruptedException {
        Acknowledgement waiting = new Acknowledgement();
        boolean handedOver = connection.publish(message, waiting, patience);
        int reasonCode = handedOver ? waiting.answer(patience) : LATE;
        switch (reasonCode) {
            case TAKEN -> {}
            case LOST ->
                throw new BrokerUnavailableException(
                        "The connection went while a publication to '%s' was on its way".formatted(message.topic()));
            case LATE ->
                throw new BrokerUnavailableException("The broker did not acknowledge a publication to '%s' within %d ms"
                        .formatted(message.topic(), patience.toMillis()));
            default -> throw new BrokerRefusedException(message.topic(), reasonCode);
        }
    }

    private int answer(Duration patience) throws InterruptedException {
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            return LATE;
        }
    }

    @Override
    public void acknowledged() {
        answer.complete(TAKEN);
    }

    @Override
    public void refused(int reasonCode) {
        answer.complete(reasonCode);
    }

    @Override
    public void lost() {
        answer.complete(LOST);
    }
}
