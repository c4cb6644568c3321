package dev.picket.ota.release;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;

/**
 * A name that gateways follow: the target {@code channels/{name}.json}.
 *
 * @param set the path of the Set that it names now
 */
public record Channel(String name, String set) {
    /** The target path of a channel. */
    public static String path(String name) {
        return "channels/" + name + ".json";
    }

    /**
     * Reads a channel and holds it against the path it was found at.
     *
     * @throws RejectedException MALFORMED
     */
    public static Channel parse(String path, byte[] bytes) throws RejectedException {
        Fields fields = StrictJson.parse(path, bytes);
        fields.number("format", 1, 1);
        if (!fields.text("kind", 16).equals("channel")) {
            throw fields.fault("kind", "channel");
        }
        String set = fields.text("set", 256);
        if (!isSetPath(set)) {
            throw fields.fault("set", "sets/{name}/{counter}.json");
        }
        Channel channel = new Channel(Names.name(fields, "name"), set);
        Names.checkPath(path, path(channel.name()));
        return channel;
    }

    /** The document that {@link #parse} reads. */
    public ObjectNode toJson() {
        return StrictJson.object()
                .put("format", 1)
                .put("kind", "channel")
                .put("name", name)
                .put("set", set);
    }

    /** Whether a target path is that of a Set. */
    public static boolean isSetPath(String path) {
        String[] parts = path.split("/", -1);
        return parts.length == 3
                && parts[0].equals("sets")
                && Names.isName(parts[1])
                && parts[2].matches("[1-9][0-9]{0,17}\\.json");
    }
}
