package dev.picket.ota.update;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.util.List;
import java.util.stream.Stream;

/**
 * What people ordered besides the channel.
 *
 * @param current the order that brought the candidate, or the active Set while it is on probation; empty for the channel
 * @param beside the path of the Set that the channel named when that order came; empty where it was the same
 * @param passedOver paths of Sets that an order has gone past, newest first, bounded: the channel may name them, and they
 *     are not taken from it until it has named another
 */
record Orders(String current, String beside, List<String> passedOver) {
    static final Orders NONE = new Orders("", "", List.of());
    private static final int MAX_PASSED_OVER = 8;

    Orders {
        passedOver = List.copyOf(passedOver);
    }

    /** An order takes a Set. */
    Orders begin(String order, String set, String channel) {
        return new Orders(
                order,
                channel,
                passedOver.stream().filter(each -> !each.equals(set)).toList());
    }

    /** It runs and is proved, so what the channel named meanwhile does not replace it. */
    Orders committed() {
        Orders ended = ended();
        return beside.isEmpty() ? ended : ended.passOver(beside);
    }

    /** Nothing came of it, so what the channel names counts as before. */
    Orders ended() {
        return new Orders("", "", passedOver);
    }

    Orders passOver(String set) {
        return new Orders(
                current,
                beside,
                Stream.concat(Stream.of(set), passedOver.stream().filter(each -> !each.equals(set)))
                        .limit(MAX_PASSED_OVER)
                        .toList());
    }

    static Orders parse(Fields fields) throws RejectedException {
        return new Orders(fields.text("current"), fields.text("beside"), fields.texts("passedOver", MAX_PASSED_OVER));
    }

    ObjectNode toJson() {
        ObjectNode json = StrictJson.object().put("current", current).put("beside", beside);
        ArrayNode paths = json.putArray("passedOver");
        passedOver.forEach(paths::add);
        return json;
    }
}
