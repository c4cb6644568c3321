package dev.picket.agent.uplink;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.paho.mqttv5.client.IMqttToken;
import org.eclipse.paho.mqttv5.client.MqttActionListener;
import org.eclipse.paho.mqttv5.client.MqttAsyncClient;
import org.eclipse.paho.mqttv5.client.MqttCallback;
import org.eclipse.paho.mqttv5.client.MqttClientException;
import org.eclipse.paho.mqttv5.client.MqttDisconnectResponse;
import org.eclipse.paho.mqttv5.common.MqttException;
import org.eclipse.paho.mqttv5.common.MqttMessage;
import org.eclipse.paho.mqttv5.common.MqttSubscription;
import org.eclipse.paho.mqttv5.common.packet.MqttProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Paho client and what is in flight on it.
 *
 * <pre>
 *   OPENING --opened--> OPEN --abort, end, or lost by the broker--> OVER
 * </pre>
 *
 * Once OVER, every publication in flight has been told that it is lost, and callbacks that Paho's threads still make are
 * ignored.
 */
final class PahoConnection implements BrokerConnection, MqttCallback {
    private static final Logger LOG = LoggerFactory.getLogger(PahoConnection.class);
    private static final int FIRST_FAILURE_CODE = 128;
    private static final long NONE = -1;
    private static final long END_MILLIS = 2_000;
    private static final long ABORT_MILLIS = 100;

    private enum Step {
        OPENING,
        OPEN,
        OVER
    }

    private final MqttAsyncClient client;
    private final ConnectionListener listener;
    private final Duration timeout;
    private final AtomicReference<Step> step = new AtomicReference<>(Step.OPENING);
    private final Set<InFlight> inFlight = ConcurrentHashMap.newKeySet();
    private final AtomicLong numbers = new AtomicLong();
    private final Semaphore places = new Semaphore(0, true);
    /**
     * One thread at a time uses the client: Paho assigns topic aliases outside its own lock, so two publishers at once can
     * send an alias before its topic; and a client that is closed while another thread uses it throws what nobody expects.
     */
    private final ReentrantLock using = new ReentrantLock();

    private boolean closed;
    /** The oldest in flight at the last look, and since when it has been that. */
    private long oldest = NONE;

    private long oldestSinceNanos;

    private volatile int window;
    private volatile long maximumPacketBytes;

    PahoConnection(MqttAsyncClient client, ConnectionListener listener, Duration timeout) {
        this.client = client;
        this.listener = listener;
        this.timeout = timeout;
    }

    void opened(int agreedWindow, long agreedPacketBytes) throws MqttException {
        window = agreedWindow;
        maximumPacketBytes = agreedPacketBytes;
        places.release(agreedWindow);
        if (!step.compareAndSet(Step.OPENING, Step.OPEN)) {
            throw new MqttException(MqttClientException.REASON_CODE_CONNECTION_LOST);
        }
    }

    /** Commands that waited at the broker arrive while it is still OPENING, and are answered once it is OPEN. */
    @Override
    public boolean isOpen() {
        return step.get() != Step.OVER;
    }

    @Override
    public int window() {
        return window;
    }

    @Override
    public Duration stalledFor() {
        long now = System.nanoTime();
        long first = inFlight.stream().mapToLong(each -> each.number).min().orElse(NONE);
        if (first != oldest) {
            oldest = first;
            oldestSinceNanos = now;
        }
        return first == NONE ? Duration.ZERO : Duration.ofNanos(now - oldestSinceNanos);
    }

    @Override
    public long maximumPacketBytes() {
        return maximumPacketBytes;
    }

    @Override
    public boolean publish(Message message, Delivery delivery, Duration patience)
            throws BrokerUnavailableException, InterruptedException {
        if (!places.tryAcquire() && !places.tryAcquire(patience.toNanos(), TimeUnit.NANOSECONDS)) {
            return false;
        }
        InFlight sent = new InFlight(delivery);
        inFlight.add(sent);
        try {
            using.lockInterruptibly();
            try {
                requireOpen();
                client.publish(message.topic(), PahoMessage.of(message), null, sent);
            } finally {
                using.unlock();
            }
        } catch (MqttException e) {
            return toldOrThrow(sent, new BrokerUnavailableException("Publishing failed: " + PahoLink.reason(e), e));
        } catch (BrokerUnavailableException e) {
            return toldOrThrow(sent, e);
        } catch (InterruptedException e) {
            // Whoever is thrown at gives the place back, so nobody may be told of it besides.
            if (sent.finish()) {
                throw e;
            }
            Thread.currentThread().interrupt();
            return true;
        }
        if (!isOpen() && sent.finish()) {
            // It slipped in while the others were being told; nobody else will tell this one.
            throw new BrokerUnavailableException("The connection ended while a publication was handed over");
        }
        return true;
    }

    /** Where the connection ended meanwhile, the delivery may have been told already; then nothing is thrown. */
    private static boolean toldOrThrow(InFlight sent, BrokerUnavailableException failure)
            throws BrokerUnavailableException {
        if (sent.finish()) {
            throw failure;
        }
        return true;
    }

    private void requireOpen() throws BrokerUnavailableException {
        if (!isOpen()) {
            throw new BrokerUnavailableException("The connection to the broker is over");
        }
    }

    @Override
    public void subscribe(List<String> filters) throws BrokerUnavailableException {
        MqttSubscription[] wanted =
                filters.stream().map(f -> new MqttSubscription(f, 1)).toArray(MqttSubscription[]::new);
        try {
            IMqttToken granted = client.subscribe(wanted, null, null, new MqttProperties());
            granted.waitForCompletion(timeout.toMillis());
            for (int code : granted.getReasonCodes()) {
                if (code >= FIRST_FAILURE_CODE) {
                    throw new BrokerUnavailableException(
                            "The broker refused one of the subscriptions %s with reason code %d; allow them to this client"
                                    .formatted(filters, code));
                }
            }
        } catch (MqttException e) {
            throw new BrokerUnavailableException("Subscribing failed: " + PahoLink.reason(e), e);
        }
    }

    @Override
    public void acknowledge(Incoming message) {
        if (message.qos() == 0) {
            return;
        }
        try {
            // Bounded, because closing waits for Paho's callback thread, which may be the one that is here.
            if (!using.tryLock(ABORT_MILLIS, TimeUnit.MILLISECONDS)) {
                return;
            }
            try {
                if (isOpen()) {
                    client.messageArrivedComplete(message.packetId(), message.qos());
                }
            } finally {
                using.unlock();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (MqttException e) {
            LOG.debug("An acknowledgement was not sent, so the message comes again: {}", PahoLink.reason(e));
        }
    }

    @Override
    public void abort() {
        step.set(Step.OVER);
        loseAll();
        tearDown();
    }

    @Override
    public void end() {
        using.lock();
        try {
            if (step.getAndSet(Step.OVER) == Step.OPEN) {
                client.disconnect(END_MILLIS).waitForCompletion(END_MILLIS);
            }
        } catch (MqttException e) {
            LOG.debug("No orderly end of the connection: {}", PahoLink.reason(e));
        } finally {
            using.unlock();
        }
        loseAll();
        tearDown();
    }

    private void tearDown() {
        using.lock();
        try {
            if (!closed) {
                closed = true;
                breakConnection();
                closeClient();
            }
        } finally {
            using.unlock();
        }
    }

    private void breakConnection() {
        try {
            client.disconnectForcibly(0, ABORT_MILLIS, false);
        } catch (MqttException e) {
            LOG.debug("Breaking the connection: {}", PahoLink.reason(e));
        }
    }

    private void closeClient() {
        try {
            client.close(true);
        } catch (MqttException e) {
            LOG.debug("Closing the MQTT client: {}", PahoLink.reason(e));
        }
    }

    private void loseAll() {
        // Whoever waits for a place finds the end now, not when its patience is over.
        places.release();
        for (InFlight each : inFlight) {
            if (each.finish()) {
                each.delivery.lost();
            }
        }
    }

    @Override
    public void disconnected(MqttDisconnectResponse response) {
        Step before = step.getAndSet(Step.OVER);
        // Told first: who then finds its publication lost can ask why.
        if (before == Step.OPEN) {
            MqttException cause = response.getException();
            listener.lost(
                    cause == null
                            ? new Ending(
                                    "the broker ended it with reason code " + response.getReturnCode(),
                                    response.getReturnCode())
                            : new Ending(PahoLink.reason(cause), 0));
        }
        loseAll();
    }

    @Override
    public void messageArrived(String topic, MqttMessage message) {
        if (step.get() == Step.OVER) {
            return;
        }
        MqttProperties properties = message.getProperties();
        listener.arrived(new Incoming(
                this,
                topic,
                message.getPayload(),
                message.getId(),
                message.getQos(),
                properties == null ? null : properties.getResponseTopic(),
                properties == null ? null : properties.getCorrelationData(),
                properties == null ? null : properties.getMessageExpiryInterval()));
    }

    @Override
    public void mqttErrorOccurred(MqttException exception) {
        LOG.warn("The MQTT client found an error: {}", PahoLink.reason(exception));
    }

    @Override
    public void deliveryComplete(IMqttToken token) {}

    @Override
    public void connectComplete(boolean reconnect, String serverUri) {}

    @Override
    public void authPacketArrived(int reasonCode, MqttProperties properties) {}

    /** One publication that waits for its answer; whoever finishes it first tells the delivery. */
    private final class InFlight implements MqttActionListener {
        private final Delivery delivery;
        private final long number = numbers.getAndIncrement();
        private final AtomicBoolean finished = new AtomicBoolean();

        InFlight(Delivery delivery) {
            this.delivery = delivery;
        }

        boolean finish() {
            if (!finished.compareAndSet(false, true)) {
                return false;
            }
            inFlight.remove(this);
            places.release();
            return true;
        }

        @Override
        public void onSuccess(IMqttToken token) {
            int[] codes = token.getReasonCodes();
            int code = codes == null || codes.length == 0 ? 0 : codes[0];
            if (finish()) {
                if (code >= FIRST_FAILURE_CODE) {
                    delivery.refused(code);
                } else {
                    delivery.acknowledged();
                }
            }
        }

        @Override
        public void onFailure(IMqttToken token, Throwable exception) {
            if (finish()) {
                delivery.lost();
            }
        }
    }
}
