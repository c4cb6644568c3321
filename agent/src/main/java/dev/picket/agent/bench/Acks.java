package dev.picket.agent.bench;

import dev.picket.agent.uplink.BrokerConnection;
import dev.picket.agent.uplink.BrokerUnavailableException;
import dev.picket.agent.uplink.Delivery;
import dev.picket.agent.uplink.Incoming;
import dev.picket.agent.uplink.Message;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A connection that notes when the acknowledgements that matter came. */
final class Acks implements BrokerConnection {
    private final BrokerConnection connection;
    private final int[] milestones;
    private final long[] atNanos;
    private final AtomicInteger acknowledged = new AtomicInteger();
    private final CountDownLatch missing;

    /** @param milestones how many acknowledgements each of the times is for, in order */
    Acks(BrokerConnection connection, int... milestones) {
        this.connection = connection;
        this.milestones = milestones.clone();
        this.atNanos = new long[milestones.length];
        this.missing = new CountDownLatch(milestones.length);
    }

    /** When each milestone was reached, as {@link System#nanoTime} has it. */
    long[] await(Duration patience) throws BrokerUnavailableException, InterruptedException {
        if (!missing.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            throw new BrokerUnavailableException("The broker acknowledged %d rows within %s, of %d"
                    .formatted(acknowledged.get(), patience, milestones[milestones.length - 1]));
        }
        return atNanos.clone();
    }

    private void count() {
        int now = acknowledged.incrementAndGet();
        for (int i = 0; i < milestones.length; i++) {
            if (milestones[i] == now) {
                atNanos[i] = System.nanoTime();
                missing.countDown();
            }
        }
    }

    @Override
    public boolean publish(Message message, Delivery delivery, Duration patience)
            throws BrokerUnavailableException, InterruptedException {
        Delivery counting = new Delivery() {
            @Override
            public void acknowledged() {
                count();
                delivery.acknowledged();
            }

            @Override
            public void refused(int reasonCode) {
                delivery.refused(reasonCode);
            }

            @Override
            public void lost() {
                delivery.lost();
            }
        };
        return connection.publish(message, counting, patience);
    }

    @Override
    public boolean isOpen() {
        return connection.isOpen();
    }

    @Override
    public int window() {
        return connection.window();
    }

    @Override
    public long maximumPacketBytes() {
        return connection.maximumPacketBytes();
    }

    @Override
    public Duration stalledFor() {
        return connection.stalledFor();
    }

    @Override
    public void subscribe(List<String> filters) throws BrokerUnavailableException {
        connection.subscribe(filters);
    }

    @Override
    public void acknowledge(Incoming message) {
        connection.acknowledge(message);
    }

    @Override
    public void abort() {
        connection.abort();
    }

    @Override
    public void end() {
        connection.end();
    }
}
