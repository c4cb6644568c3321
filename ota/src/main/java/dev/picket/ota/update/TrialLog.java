package dev.picket.ota.update;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What the trial of a Set has found so far; begun anew with each offer, and kept after its end until then.
 *
 * @param findings one a part, in the order of the parts
 * @param watched how far the probation has come; null before it
 */
record TrialLog(List<Finding> findings, @Nullable Watched watched) {
    static final TrialLog EMPTY = new TrialLog(List.of(), null);
    private static final int MAX_FINDINGS = 8;

    TrialLog {
        findings = List.copyOf(findings);
    }

    /** A part that is held again replaces what it found before. */
    TrialLog found(Finding finding) {
        List<Finding> all = Stream.concat(
                        findings.stream().filter(each -> each.part() != finding.part()), Stream.of(finding))
                .limit(MAX_FINDINGS)
                .toList();
        return new TrialLog(all, watched);
    }

    TrialLog watched(Watched now) {
        return new TrialLog(findings, now);
    }

    String sentences() {
        return findings.stream().map(Finding::sentence).collect(Collectors.joining(" "));
    }

    static TrialLog parse(Fields fields) throws RejectedException {
        List<Finding> all = new ArrayList<>();
        for (Fields each : fields.objects("findings", MAX_FINDINGS)) {
            all.add(Finding.parse(each));
        }
        return new TrialLog(all, fields.has("watched") ? Watched.parse(fields.object("watched")) : null);
    }

    ObjectNode toJson() {
        ObjectNode json = StrictJson.object();
        ArrayNode all = json.putArray("findings");
        findings.forEach(each -> all.add(each.toJson()));
        json.set("watched", watched == null ? null : watched.toJson());
        return json;
    }
}
