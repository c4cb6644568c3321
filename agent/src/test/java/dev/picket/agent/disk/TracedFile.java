package dev.picket.agent.disk;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The content of one inode: what was synced, and what was done to it since. */
final class TracedFile implements TracedNode {
    private static final int SECTOR = 512;

    private final List<DiskTrace.Operation> pending = new ArrayList<>();
    private final Content synced = new Content();

    void change(DiskTrace.Operation operation) {
        pending.add(operation);
    }

    void sync() {
        pending.forEach(synced::apply);
        pending.clear();
    }

    byte[] all() {
        Content content = new Content(synced);
        pending.forEach(content::apply);
        return content.bytes();
    }

    byte[] surviving(Loss loss) {
        Content content = new Content(synced);
        Loss.Part part = loss.of(pending.size());
        for (int i = 0; i < pending.size(); i++) {
            DiskTrace.Operation operation = pending.get(i);
            if (operation.kind() == DiskTrace.Kind.WRITE && part.tears(i)) {
                tear(content, operation, loss);
            } else if (part.spares(i)) {
                content.apply(operation);
            }
        }
        return content.bytes();
    }

    /** Each sector of it, or not. */
    private static void tear(Content content, DiskTrace.Operation write, Loss loss) {
        int at = 0;
        while (at < write.data().length) {
            int toBoundary = SECTOR - (int) ((write.offset() + at) % SECTOR);
            int bytes = Math.min(toBoundary, write.data().length - at);
            if (loss.coin()) {
                content.write(write.offset() + at, write.data(), at, bytes);
            }
            at += bytes;
        }
    }

    private static final class Content {
        private byte[] bytes = new byte[0];
        private int size;

        Content() {}

        Content(Content other) {
            bytes = other.bytes();
            size = bytes.length;
        }

        void apply(DiskTrace.Operation operation) {
            if (operation.kind() == DiskTrace.Kind.WRITE) {
                write(operation.offset(), operation.data(), 0, operation.data().length);
            } else {
                truncate(Math.toIntExact(operation.offset()));
            }
        }

        void write(long offset, byte[] data, int from, int length) {
            int at = Math.toIntExact(offset);
            if (at + length > size) {
                truncate(at + length);
            }
            System.arraycopy(data, from, bytes, at, length);
        }

        private void truncate(int to) {
            if (to > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(to, 2 * bytes.length));
            }
            if (to < size) {
                Arrays.fill(bytes, to, size, (byte) 0);
            }
            size = to;
        }

        byte[] bytes() {
            return Arrays.copyOf(bytes, size);
        }
    }
}
