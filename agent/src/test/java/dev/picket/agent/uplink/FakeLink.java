package dev.picket.agent.uplink;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/** A broker in memory, with knobs: it takes everything, and answers as it is told. */
final class FakeLink implements BrokerLink {
    private static final int QUOTA_EXCEEDED = 0x97;

    final List<Message> taken = new CopyOnWriteArrayList<>();
    final List<Message> wills = new CopyOnWriteArrayList<>();
    final List<String> subscribed = new CopyOnWriteArrayList<>();
    final Set<Integer> acknowledged = ConcurrentHashMap.newKeySet();
    private final AtomicInteger acksToDrop = new AtomicInteger();
    private final Set<String> refused = ConcurrentHashMap.newKeySet();
    private final Set<String> refusedTopics = ConcurrentHashMap.newKeySet();
    private volatile String dropAcksOf = "/verdict/";
    private volatile int acksToHold;
    private volatile long maximumPacketBytes = Long.MAX_VALUE;
    private final AtomicInteger opensToFail = new AtomicInteger();
    volatile FakeConnection last = new FakeConnection(new Deaf());

    /** Takes the next n verdicts, and ends the connection instead of acknowledging the last of them. */
    void dropAcks(int n) {
        acksToDrop.set(n);
    }

    /** As {@link #dropAcks}, for the next n on this topic. */
    void dropAcksOf(String topic, int n) {
        dropAcksOf = topic;
        acksToDrop.set(n);
    }

    /** Answers only once so many verdicts wait for it, the oldest of them; 0: answers all. */
    void holdAcks(int n) {
        acksToHold = n;
        last.answer(n);
    }

    int waiting() {
        return last.waiting();
    }

    void refuseTopic(String topic) {
        refusedTopics.add(topic);
    }

    void takeTopicAgain(String topic) {
        refusedTopics.remove(topic);
    }

    void failOpens(int n) {
        opensToFail.set(n);
    }

    /** Answers verdicts whose property {@code seq} and priority are this, as {@code alarm-1}, with a refusal. */
    void refuse(String row) {
        refused.add(row);
    }

    void takeAgain(String row) {
        refused.remove(row);
    }

    void takePacketsUpTo(long bytes) {
        maximumPacketBytes = bytes;
    }

    private boolean refuses(Message message) {
        Map<String, String> properties =
                message.properties().stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
        return refusedTopics.contains(message.topic())
                || refused.contains(properties.get("priority") + "-" + properties.get("seq"));
    }

    @Override
    public boolean renewed() {
        return false;
    }

    @Override
    public BrokerConnection open(Message will, Duration willDelay, ConnectionListener listener)
            throws BrokerUnavailableException {
        if (opensToFail.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
            throw new BrokerUnavailableException("told to fail");
        }
        wills.add(will);
        last = new FakeConnection(listener);
        return last;
    }

    private static final class Deaf implements ConnectionListener {
        @Override
        public void arrived(Incoming message) {}

        @Override
        public void lost(Ending ending) {}
    }

    final class FakeConnection implements BrokerConnection {
        private final ConnectionListener listener;
        private final List<Delivery> unanswered = new ArrayList<>();
        private final Deque<Delivery> held = new ArrayDeque<>();
        private volatile boolean open = true;

        FakeConnection(ConnectionListener listener) {
            this.listener = listener;
        }

        void deliver(Incoming message) {
            listener.arrived(message);
        }

        @Override
        public boolean isOpen() {
            return open;
        }

        @Override
        public Duration stalledFor() {
            return Duration.ZERO;
        }

        @Override
        public int window() {
            return 10;
        }

        @Override
        public long maximumPacketBytes() {
            return maximumPacketBytes;
        }

        @Override
        public boolean publish(Message message, Delivery delivery, Duration patience)
                throws BrokerUnavailableException {
            if (!open) {
                throw new BrokerUnavailableException("over");
            }
            taken.add(message);
            boolean verdict = message.topic().contains("/verdict/");
            if (message.topic().contains(dropAcksOf) && acksToDrop.get() > 0) {
                unanswered.add(delivery);
                if (acksToDrop.decrementAndGet() == 0) {
                    breakOff();
                }
            } else if (verdict && acksToHold > 0) {
                return hold(delivery, patience);
            } else if (refuses(message)) {
                delivery.refused(QUOTA_EXCEEDED);
            } else {
                delivery.acknowledged();
            }
            return true;
        }

        private boolean hold(Delivery delivery, Duration patience) {
            long until = System.nanoTime() + patience.toNanos();
            while (acksToHold > 0 && waiting() >= acksToHold && open) {
                if (System.nanoTime() > until) {
                    return false;
                }
                LockSupport.parkNanos(100_000);
            }
            synchronized (held) {
                held.add(delivery);
            }
            answer(acksToHold);
            return true;
        }

        private int waiting() {
            synchronized (held) {
                return held.size();
            }
        }

        /** Answers the oldest until no more than this many wait. */
        private void answer(int most) {
            synchronized (held) {
                while (held.size() > most) {
                    held.removeFirst().acknowledged();
                }
            }
        }

        void breakOff() {
            end(new Ending("told to break off", 0));
        }

        /** As a broker does to which another client came with our identifier. */
        void takeOver() {
            end(new Ending("taken over", Ending.TAKEN_OVER));
        }

        private void end(Ending ending) {
            open = false;
            listener.lost(ending);
            unanswered.forEach(Delivery::lost);
            synchronized (held) {
                held.forEach(Delivery::lost);
                held.clear();
            }
        }

        @Override
        public void subscribe(List<String> filters) {
            subscribed.addAll(filters);
        }

        @Override
        public void acknowledge(Incoming message) {
            acknowledged.add(message.packetId());
        }

        @Override
        public void abort() {
            open = false;
        }

        @Override
        public void end() {
            open = false;
        }
    }
}
