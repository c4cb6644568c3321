package dev.picket.agent.overlay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** JSON merge patch (RFC 7396, section 2): null takes a member out, an object is merged, anything else replaces. */
final class MergePatch {
    private MergePatch() {}

    /**
     * What the target becomes; neither argument is changed.
     *
     * @param target null where there is none
     */
    static JsonNode apply(@Nullable JsonNode target, JsonNode patch) {
        if (!(patch instanceof ObjectNode changes)) {
            return patch.deepCopy();
        }
        ObjectNode result =
                target instanceof ObjectNode there ? there.deepCopy() : JsonNodeFactory.instance.objectNode();
        changes.properties().forEach(change -> {
            if (change.getValue().isNull()) {
                result.remove(change.getKey());
            } else {
                result.set(change.getKey(), apply(result.get(change.getKey()), change.getValue()));
            }
        });
        return result;
    }
}
