package dev.picket.ota.update;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * What a part of the trial found.
 *
 * @param part EXAM, SHADOW or PROBATION
 * @param sentence the numbers for people, or why it was not held; cut at 2,000 characters
 * @param figures the same for machines, 64 at most
 */
public record Finding(Step part, Result result, String sentence, List<Figures> figures) {
    static final int MAX_FIGURES = 64;

    /** How a part of a trial ended. */
    public enum Result {
        PASSED,
        FAILED,
        /** It was not held; the sentence says why. */
        SKIPPED,
        /** It was not held for want of memory, so probation is longer. */
        SKIPPED_MEMORY,
        /** Too little was seen to say anything, and the update goes on. */
        INCONCLUSIVE,
        /** Too little was seen to say anything, and the update waits for more. */
        HELD;

        /** The name in JSON: lower case with hyphens. */
        public String wireName() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    public Finding {
        sentence = Ended.bounded(sentence);
        figures = figures.stream().limit(MAX_FIGURES).toList();
    }

    static Finding parse(Fields fields) throws RejectedException {
        List<Figures> figures = new ArrayList<>();
        for (Fields each : fields.objects("figures", MAX_FIGURES)) {
            figures.add(new Figures(each.text("of"), Figures.parseValues(each.object("values"))));
        }
        String result = fields.text("result");
        return new Finding(
                Ended.step(fields, "part"),
                Arrays.stream(Result.values())
                        .filter(each -> each.wireName().equals(result))
                        .findFirst()
                        .orElseThrow(() -> fields.fault("result", "how a part of a trial ended")),
                fields.text("sentence"),
                figures);
    }

    /** As the state file and the report have it. */
    public ObjectNode toJson() {
        ObjectNode json = StrictJson.object()
                .put("part", part.wireName())
                .put("result", result.wireName())
                .put("sentence", sentence);
        ArrayNode all = json.putArray("figures");
        for (Figures each : figures) {
            all.addObject().put("of", each.of()).set("values", Figures.toJson(each.values()));
        }
        return json;
    }
}
