package dev.picket.ota.update;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What people ordered besides the channel.
 *
 * @param current the order that brought the candidate, or the active Set while it is on probation; empty for the channel
 * @param beside the path of the Set that the channel named when that order came; empty where it was the same
 * @param passedOver paths of Sets that an order has gone past, newest first, bounded: the channel may name them, and they
 *     are not taken from it until it has named another
 * @param ends how the latest orders ended, newest first, bounded: one that is given again is answered with its own end,
 *     whatever came after it
 */
record Orders(String current, String beside, List<String> passedOver, List<Ended> ends) {
    static final Orders NONE = new Orders("", "", List.of(), List.of());
    private static final int MAX_PASSED_OVER = 8;
    private static final int MAX_ENDS = 16;

    Orders {
        passedOver = List.copyOf(passedOver);
        ends = List.copyOf(ends);
    }

    /** An order takes a Set. */
    Orders begin(String order, String set, String channel) {
        return new Orders(
                order,
                channel,
                passedOver.stream().filter(each -> !each.equals(set)).toList(),
                ends);
    }

    /** The channel takes a Set. */
    Orders byChannel() {
        return new Orders("", "", List.of(), ends);
    }

    /** How that order ended; empty where it has not, or long ago. */
    Optional<Ended> end(String order) {
        return ends.stream()
                .filter(each -> !order.isEmpty() && each.order().equals(order))
                .findFirst();
    }

    /** Remembers how an order ended; not what no order brought. */
    Orders end(Ended end) {
        if (end.order().isEmpty()) {
            return this;
        }
        List<Ended> all = Stream.concat(
                        Stream.of(end),
                        ends.stream().filter(each -> !each.order().equals(end.order())))
                .limit(MAX_ENDS)
                .toList();
        return new Orders(current, beside, passedOver, all);
    }

    /** It runs and is proved, so what the channel named meanwhile does not replace it. */
    Orders committed() {
        Orders ended = ended();
        return beside.isEmpty() ? ended : ended.passOver(beside);
    }

    /** Nothing came of it, so what the channel names counts as before. */
    Orders ended() {
        return new Orders("", "", passedOver, ends);
    }

    Orders passOver(String set) {
        return new Orders(
                current,
                beside,
                Stream.concat(Stream.of(set), passedOver.stream().filter(each -> !each.equals(set)))
                        .limit(MAX_PASSED_OVER)
                        .toList(),
                ends);
    }

    static Orders parse(Fields fields) throws RejectedException {
        List<Ended> ends = new ArrayList<>();
        if (fields.has("ends")) {
            for (Fields each : fields.objects("ends", MAX_ENDS)) {
                ends.add(Ended.parse(each));
            }
        }
        return new Orders(
                fields.text("current"), fields.text("beside"), fields.texts("passedOver", MAX_PASSED_OVER), ends);
    }

    ObjectNode toJson() {
        ObjectNode json = StrictJson.object().put("current", current).put("beside", beside);
        ArrayNode paths = json.putArray("passedOver");
        passedOver.forEach(paths::add);
        ArrayNode ended = json.putArray("ends");
        ends.forEach(each -> ended.add(each.toJson()));
        return json;
    }
}
