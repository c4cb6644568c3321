package dev.picket.agent.tls;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * A connection that is made to see whether TLS works, and says nothing. A broker of TLS 1.3 refuses a client's certificate
 * after the handshake, so silence for a moment after it is the good end: it waits for a CONNECT.
 */
final class Handshake {
    private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};

    private Handshake() {}

    /**
     * @param patience for the connection and again for the handshake
     * @param silence how long the broker must say nothing after it
     * @return the version agreed on
     * @throws IOException when it fails
     */
    static String with(SSLSocketFactory sockets, String host, int port, Duration patience, Duration silence)
            throws IOException {
        try (SSLSocket socket = (SSLSocket) sockets.createSocket()) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setProtocols(PROTOCOLS);
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.connect(new InetSocketAddress(host, port), (int) patience.toMillis());
            socket.setSoTimeout((int) patience.toMillis());
            socket.startHandshake();
            socket.setSoTimeout((int) silence.toMillis());
            requireSilence(socket);
            return socket.getSession().getProtocol();
        }
    }

    private static void requireSilence(SSLSocket socket) throws IOException {
        try {
            if (socket.getInputStream().read() < 0) {
                throw new EOFException("the broker ended the connection after the handshake");
            }
        } catch (SocketTimeoutException e) {
            // It waits for us, so it has taken what we showed.
        }
    }
}
