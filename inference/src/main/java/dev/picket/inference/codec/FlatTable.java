package dev.picket.inference.codec;

import dev.picket.inference.BadArtefactException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One table of a flatbuffer from outside, every offset checked before it is followed; the Java library checks none.
 *
 * <pre>
 * table    int32 back to its vtable, then fields
 * vtable   uint16 its bytes, uint16 the table's bytes, uint16 per field: place in the table, 0 = absent
 * vector   uint32 count, elements;   offsets are uint32, forward from where they stand
 * </pre>
 *
 * Source: the FlatBuffers internals page.
 */
final class FlatTable {
    private final String file;
    private final ByteBuffer bytes;
    private final int at;
    private final int vtable;
    private final int vtableBytes;

    private FlatTable(String file, ByteBuffer bytes, int at) throws BadArtefactException {
        this.file = file;
        this.bytes = bytes;
        this.at = at;
        require(at, Integer.BYTES);
        long back = (long) at - bytes.getInt(at);
        this.vtable = place(back, 2 * Short.BYTES);
        this.vtableBytes = Short.toUnsignedInt(bytes.getShort(vtable));
        require(vtable, vtableBytes);
    }

    static FlatTable root(String file, byte[] content, String identifier) throws BadArtefactException {
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        if (content.length < 8 || !identifier.equals(new String(content, 4, 4, StandardCharsets.ISO_8859_1))) {
            throw new BadArtefactException(file + " is not a flatbuffer marked " + identifier + ".");
        }
        long root = Integer.toUnsignedLong(bytes.getInt(0));
        if (root > content.length - Integer.BYTES) {
            throw new BadArtefactException(file + " is damaged: its root lies at " + root + ", past its end.");
        }
        return new FlatTable(file, bytes, (int) root);
    }

    int integer(int field) throws BadArtefactException {
        int place = field(field);
        if (place == 0) {
            return 0;
        }
        require(place, Integer.BYTES);
        return bytes.getInt(place);
    }

    String text(int field) throws BadArtefactException {
        ByteBuffer raw = bytes(field);
        byte[] utf8 = new byte[raw.remaining()];
        raw.get(utf8);
        return new String(utf8, StandardCharsets.UTF_8);
    }

    /** The bytes of a vector of bytes; empty where the field is absent. */
    ByteBuffer bytes(int field) throws BadArtefactException {
        int count = count(field, 1);
        return bytes.slice(count == 0 ? 0 : vector(field) + Integer.BYTES, count)
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    List<Long> longs(int field, int maxCount) throws BadArtefactException {
        List<Long> longs = new ArrayList<>();
        int count = atMost(field, count(field, Long.BYTES), maxCount);
        for (int i = 0; i < count; i++) {
            longs.add(bytes.getLong(vector(field) + Integer.BYTES + i * Long.BYTES));
        }
        return longs;
    }

    List<FlatTable> tables(int field, int maxCount) throws BadArtefactException {
        List<FlatTable> tables = new ArrayList<>();
        int count = atMost(field, count(field, Integer.BYTES), maxCount);
        for (int i = 0; i < count; i++) {
            int place = vector(field) + Integer.BYTES + i * Integer.BYTES;
            tables.add(new FlatTable(file, bytes, follow(place)));
        }
        return tables;
    }

    private int atMost(int field, int count, int maxCount) throws BadArtefactException {
        if (count > maxCount) {
            throw new BadArtefactException(
                    file + " is damaged: field " + field + " has " + count + " elements, more than " + maxCount + ".");
        }
        return count;
    }

    private int count(int field, int width) throws BadArtefactException {
        if (field(field) == 0) {
            return 0;
        }
        int vector = vector(field);
        long count = Integer.toUnsignedLong(bytes.getInt(vector));
        if (count * width > bytes.capacity() - vector - (long) Integer.BYTES) {
            throw new BadArtefactException(file + " is damaged: a vector at " + vector + " runs past its end.");
        }
        return (int) count;
    }

    private int vector(int field) throws BadArtefactException {
        return follow(field(field));
    }

    private int follow(int place) throws BadArtefactException {
        require(place, Integer.BYTES);
        return place(place + Integer.toUnsignedLong(bytes.getInt(place)), Integer.BYTES);
    }

    /** Where a field stands in the buffer; 0, which no field can, when it is absent. */
    private int field(int field) throws BadArtefactException {
        int slot = 2 * Short.BYTES + field * Short.BYTES;
        if (slot + Short.BYTES > vtableBytes) {
            return 0;
        }
        int offset = Short.toUnsignedInt(bytes.getShort(vtable + slot));
        return offset == 0 ? 0 : place((long) at + offset, 0);
    }

    private void require(int place, int count) throws BadArtefactException {
        place(place, count);
    }

    private int place(long place, int count) throws BadArtefactException {
        if (place < 0 || place > bytes.capacity() - (long) count) {
            throw new BadArtefactException(file + " is damaged: an offset leads to " + place + ", outside its "
                    + bytes.capacity() + " bytes.");
        }
        return (int) place;
    }
}
