package dev.picket.agent.uplink;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A link on which every publication counts, whoever makes it. */
public final class MeteredLink implements BrokerLink {
    private final BrokerLink link;
    private final Meter meter;

    public MeteredLink(BrokerLink link, Meter meter) {
        this.link = link;
        this.meter = meter;
    }

    @Override
    public BrokerConnection open(Message will, Duration willDelay, ConnectionListener listener)
            throws BrokerUnavailableException {
        Metered metered = new Metered(listener);
        metered.connection = link.open(will, willDelay, metered);
        return metered;
    }

    @Override
    public boolean renewed() {
        return link.renewed();
    }

    /** Stands between both sides, so that a reply to a command that arrived here counts, too. */
    private final class Metered implements BrokerConnection, ConnectionListener {
        private final ConnectionListener listener;
        /** Commands may arrive before opening returns; they bring it with them. */
        private volatile @Nullable BrokerConnection connection;

        Metered(ConnectionListener listener) {
            this.listener = listener;
        }

        private BrokerConnection connection() {
            return Objects.requireNonNull(connection, "a connection is used only once something came of it");
        }

        @Override
        public void arrived(Incoming message) {
            connection = message.connection();
            listener.arrived(message.on(this));
        }

        @Override
        public void lost(Ending ending) {
            listener.lost(ending);
        }

        @Override
        public boolean isOpen() {
            return connection().isOpen();
        }

        @Override
        public Duration stalledFor() {
            return connection().stalledFor();
        }

        @Override
        public int window() {
            return connection().window();
        }

        @Override
        public long maximumPacketBytes() {
            return connection().maximumPacketBytes();
        }

        @Override
        public boolean publish(Message message, Delivery delivery, Duration patience)
                throws BrokerUnavailableException, InterruptedException {
            long bytes = PacketSize.of(message);
            meter.expect(bytes);
            boolean handedOver = connection().publish(message, delivery, patience);
            if (handedOver) {
                meter.spend(bytes);
            }
            return handedOver;
        }

        @Override
        public void subscribe(List<String> filters) throws BrokerUnavailableException {
            connection().subscribe(filters);
        }

        @Override
        public void acknowledge(Incoming message) {
            connection().acknowledge(message);
        }

        @Override
        public void abort() {
            connection().abort();
        }

        @Override
        public void end() {
            connection().end();
        }
    }
}
