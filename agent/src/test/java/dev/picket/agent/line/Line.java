package dev.picket.agent.line;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A line between a gateway and its broker, on this machine and as bad as is wanted.
 *
 * <pre>
 *   gateway --- up: packets of MQTT, counted ---> Pipe ---> broker
 *           <--- Pipe <--- down: packets of MQTT, acknowledgements by Acks ---
 * </pre>
 *
 * The broker's host reads at once and the line is between the two, so what is on the way is lost when the line is cut.
 */
public final class Line implements AutoCloseable {
    private static final int SEGMENT_BYTES = 1_460;

    private final InetSocketAddress broker;
    private final Weather weather;
    private final Acks acks;
    private final Random random;
    private final ServerSocket server;
    private final Set<Call> calls = ConcurrentHashMap.newKeySet();
    private final AtomicInteger mostUnacknowledged = new AtomicInteger();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean off;

    public Line(URI broker, Weather weather, Acks acks, long seed) throws IOException {
        this.broker = new InetSocketAddress(broker.getHost(), broker.getPort());
        this.weather = weather;
        this.acks = acks;
        this.random = new Random(seed);
        this.server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        daemon(this::accept);
    }

    /** Where the gateway finds the broker. */
    public URI uri() {
        return URI.create("mqtt://127.0.0.1:" + server.getLocalPort());
    }

    /** Ends every connection, and each new one at once. */
    public void off() {
        off = true;
        calls.forEach(Call::close);
    }

    public void on() {
        off = false;
    }

    /** Swallows what comes on connections that are there now, after some bytes more each way; nobody is told. */
    public void hushAfter(long bytes) {
        for (Call call : calls) {
            call.hush(bytes);
        }
    }

    /** The most publications that one connection has carried up without bringing their acknowledgement down. */
    public int mostUnacknowledged() {
        return mostUnacknowledged.get();
    }

    /** Connections so far. */
    public int connections() {
        return connections.get();
    }

    @Override
    public void close() {
        off();
        try {
            server.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private void accept() {
        try {
            while (!server.isClosed()) {
                Socket gateway = server.accept();
                if (off) {
                    gateway.close();
                } else {
                    connect(gateway);
                }
            }
        } catch (IOException e) {
            // Closed: the test is over.
        }
    }

    private void connect(Socket gateway) throws IOException {
        Socket far = new Socket();
        try {
            far.connect(broker, 1_000);
        } catch (IOException e) {
            gateway.close();
            return;
        }
        gateway.setTcpNoDelay(true);
        far.setTcpNoDelay(true);
        connections.incrementAndGet();
        Call call = new Call(gateway, far);
        calls.add(call);
        call.start();
        if (off) {
            call.close();
        }
    }

    private static void daemon(Runnable run) {
        Thread thread = new Thread(run, "line");
        thread.setDaemon(true);
        thread.start();
    }

    private final class Call {
        private final Socket gateway;
        private final Socket far;
        private final Pipe up;
        private final Pipe down;
        private final AtomicInteger unacknowledged = new AtomicInteger();
        private volatile boolean hushed;

        Call(Socket gateway, Socket far) throws IOException {
            this.gateway = gateway;
            this.far = far;
            this.up =
                    new Pipe(far.getOutputStream(), weather, weather.upBytesPerSecond(), new Random(random.nextLong()));
            OutputStream home = gateway.getOutputStream();
            this.down = new Pipe(home, weather, weather.downBytesPerSecond(), new Random(random.nextLong()));
        }

        void start() {
            daemon(up);
            daemon(down);
            daemon(() -> pump(gateway, this::upwards));
            daemon(() -> pump(far, this::downwards));
        }

        void hush(long bytes) {
            hushed = true;
            up.hushAfter(bytes);
            down.hushAfter(bytes);
        }

        private interface Step {
            void take(byte[] packet) throws InterruptedException;
        }

        private void pump(Socket from, Step step) {
            try (InputStream in = new java.io.BufferedInputStream(from.getInputStream())) {
                Packets packets = new Packets(in);
                byte[] packet = packets.next();
                while (packet != null) {
                    step.take(packet);
                    packet = packets.next();
                }
            } catch (IOException e) {
                // One end is gone, and the other learns it below.
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                // Of a half-open connection only the gateway's own end counts.
                if (!hushed || from.equals(gateway)) {
                    close();
                }
            }
        }

        private void upwards(byte[] packet) throws InterruptedException {
            if (Packets.awaitsAck(packet)) {
                mostUnacknowledged.accumulateAndGet(unacknowledged.incrementAndGet(), Math::max);
            }
            for (int at = 0; at < packet.length; at += SEGMENT_BYTES) {
                up.send(Arrays.copyOfRange(packet, at, Math.min(packet.length, at + SEGMENT_BYTES)));
            }
        }

        private void downwards(byte[] packet) throws InterruptedException {
            if (Packets.type(packet) != Packets.PUBACK) {
                down.send(packet);
                return;
            }
            OptionalLong wait = acks.next();
            if (wait.isPresent()) {
                unacknowledged.decrementAndGet();
                down.send(packet, wait.getAsLong());
            }
        }

        void close() {
            calls.remove(this);
            up.close();
            down.close();
            for (Socket each : new Socket[] {gateway, far}) {
                try {
                    each.close();
                } catch (IOException e) {
                    // It was gone already.
                }
            }
        }
    }
}
