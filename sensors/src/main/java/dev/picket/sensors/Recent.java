package dev.picket.sensors;

import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.zip.CRC32C;

/** The last bytes that were taken, up to a number of them. */
final class Recent {
    private final byte[] bytes;
    private int length;

    Recent(int maxBytes) {
        this.bytes = new byte[maxBytes];
    }

    void take(ByteBuffer in) {
        int taken = Math.min(in.remaining(), bytes.length);
        in.position(in.limit() - taken);
        int kept = Math.min(length, bytes.length - taken);
        System.arraycopy(bytes, length - kept, bytes, 0, kept);
        in.get(bytes, kept, taken);
        length = kept + taken;
    }

    /** CRC-32C, 8 digits. */
    String crc() {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, length);
        return HexFormat.of().toHexDigits((int) crc.getValue());
    }
}
