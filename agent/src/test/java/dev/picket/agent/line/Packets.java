package dev.picket.agent.line;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** Takes a stream of MQTT apart into packets: one byte of type, a length of one to four bytes, the rest. */
final class Packets {
    static final int PUBLISH = 3;
    static final int PUBACK = 4;

    private static final int MAX_LENGTH_BYTES = 4;

    private final InputStream in;

    Packets(InputStream in) {
        this.in = in;
    }

    /** The next one whole; null at the end. */
    byte @Nullable [] next() throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        byte[] header = new byte[1 + MAX_LENGTH_BYTES];
        header[0] = (byte) first;
        int length = 0;
        int used = 1;
        int each;
        do {
            each = in.read();
            if (each < 0 || used > MAX_LENGTH_BYTES) {
                throw new EOFException("no MQTT packet");
            }
            header[used] = (byte) each;
            length |= (each & 0x7f) << (7 * (used - 1));
            used++;
        } while (each >= 0x80);
        byte[] packet = new byte[used + length];
        System.arraycopy(header, 0, packet, 0, used);
        if (in.readNBytes(packet, used, length) < length) {
            throw new EOFException("half an MQTT packet");
        }
        return packet;
    }

    static int type(byte[] packet) {
        return (packet[0] & 0xff) >> 4;
    }

    /** Whether it is a publication that is to be acknowledged. */
    static boolean awaitsAck(byte[] packet) {
        return type(packet) == PUBLISH && (packet[0] & 0x06) == 0x02;
    }
}
