package dev.picket.ota.release;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;

/**
 * What a USB stick is for: {@code usb.json} beside the {@code metadata} and {@code targets} of the same tree that web
 * servers give. It only names a Set; what counts of that Set is what is signed, so the index is not.
 *
 * @param set the Set's target path, {@code sets/{name}/{counter}.json}
 */
public record UsbIndex(String set) {
    /** Its name, at the tree's top. */
    public static final String NAME = "usb.json";

    /** The most bytes that it may have. */
    public static final int MAX_BYTES = 4_096;

    /** Reads an index. */
    public static UsbIndex parse(byte[] bytes) throws RejectedException {
        Fields fields = StrictJson.parse(NAME, bytes);
        fields.number("format", 1, 1);
        String set = fields.text("set", 128);
        if (!Channel.isSetPath(set)) {
            throw fields.fault("set", "sets/{name}/{counter}.json");
        }
        return new UsbIndex(set);
    }

    /** The document that {@link #parse} reads. */
    public ObjectNode toJson() {
        return StrictJson.object().put("format", 1).put("set", set);
    }
}
