package dev.picket.agent.uplink;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.drift.TaskDrift;
import dev.picket.inference.Priority;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.TreeMap;

/** A {@link Report} as JSON: keys in a fixed order, so that equal reports are equal bytes. */
public final class ReportJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ReportJson() {}

    public static byte[] bytes(Report report) {
        ObjectNode json = JSON.createObjectNode()
                .put("agent", report.agent())
                .put("configDigest", report.configDigest())
                .put("set", report.set())
                .put("update", report.update());
        json.set("trial", JSON.valueToTree(report.trial()));
        json.put("judging", report.judging());
        priorities(json.putObject("queued"), report.queued());
        priorities(json.putObject("ackedThrough"), report.ackedThrough());
        ObjectNode drops = json.putObject("drops");
        new TreeMap<>(report.drops()).forEach(drops::put);
        json.put("lagMillis", report.lagMillis());
        json.set("read", JSON.valueToTree(report.read().coarse()));
        AnswerShares answers = report.answers();
        json.putObject("answers")
                .put("main", answers.main())
                .put("firstStage", answers.firstStage())
                .put("cached", answers.cached())
                .put("hitRate", answers.hitRate());
        more(json, report.more());
        try {
            return JSON.writeValueAsBytes(json);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void more(ObjectNode json, ReportParts parts) {
        json.put("paused", parts.paused());
        ArrayNode jobs = json.putArray("jobs");
        for (ReportParts.Job job : parts.jobs()) {
            jobs.addObject()
                    .put("id", job.id())
                    .put("verb", job.verb())
                    .put("state", job.state())
                    .put("progress", job.progress());
        }
        ReportParts.Link link = parts.link().coarse();
        json.putObject("link")
                .put("heldBack", link.heldBack())
                .put("bytesToday", link.bytesToday())
                .put("bytesPerDay", link.bytesPerDay());
        fetch(json.putObject("fetch"), parts.fetch().coarse());
        ArrayNode certificates = json.putArray("certificates");
        for (ReportParts.Certificate certificate : parts.certificates()) {
            certificates
                    .addObject()
                    .put("role", certificate.role())
                    .put("subject", certificate.subject())
                    .put("notAfter", certificate.notAfter().toString());
        }
        json.putObject("configuration")
                .put("state", parts.configuration().state())
                .put("detail", parts.configuration().detail());
        ArrayNode rollouts = json.putArray("rollouts");
        for (ReportParts.Rollout each : parts.rollouts().list()) {
            rollouts.addObject()
                    .put("id", each.id())
                    .put("revision", each.revision())
                    .put("set", each.set())
                    .put("state", each.state())
                    .put("reason", each.reason())
                    .put("sentence", each.sentence());
        }
        json.put("takesRollouts", parts.rollouts().takes());
        ArrayNode groups = json.putArray("groups");
        parts.rollouts().groups().stream().sorted().forEach(groups::add);
        ObjectNode refused = json.putObject("rolloutsRefused");
        new TreeMap<>(parts.rollouts().refused()).forEach(refused::put);
        ArrayNode drift = json.putArray("drift");
        parts.drift().forEach(each -> drift(drift.addObject(), each.coarse()));
        provider(json.putObject("provider"), parts.provider());
        ArrayNode troubles = json.putArray("troubles");
        parts.troubles().forEach(troubles::add);
    }

    private static void drift(ObjectNode json, TaskDrift drift) {
        json.put("task", drift.task())
                .put("phase", drift.phase())
                .put("progress", drift.progress())
                .put("frozen", drift.frozen())
                .put("windowTexts", drift.windowTexts());
        ObjectNode shifts = json.putObject("shifts");
        drift.shifts().forEach(each -> shifts.put(each.of(), each.effect()));
        ObjectNode gap = json.putObject("gap");
        drift.gap().forEach(each -> gap.put(each.of(), each.effect()));
        ArrayNode alarms = json.putArray("alarms");
        for (TaskDrift.Standing alarm : drift.alarms()) {
            alarms.addObject()
                    .put("of", alarm.of())
                    .put("effect", alarm.effect())
                    .put("texts", alarm.texts())
                    .put("since", alarm.since());
        }
        json.put("ended", drift.ended()).put("accepted", drift.accepted());
    }

    private static void provider(ObjectNode json, ProviderState provider) {
        json.put("asked", provider.asked())
                .put("name", provider.name())
                .put("kind", provider.kind())
                .put("device", provider.device());
        ArrayNode refused = json.putArray("refused");
        for (ProviderState.Refused each : provider.refused()) {
            refused.addObject()
                    .put("provider", each.provider())
                    .put("reason", each.reason())
                    .put("sentence", each.sentence());
        }
    }

    private static void fetch(ObjectNode json, ReportParts.Fetch fetch) {
        json.put("set", fetch.set())
                .put("bytes", fetch.bytes())
                .put("total", fetch.total())
                .put("bytesPerSecond", fetch.bytesPerSecond())
                .put("place", fetch.place())
                .put("waits", fetch.waits())
                .put("thrownAway", fetch.thrownAway())
                .put("overTheAir", fetch.overTheAir());
    }

    private static void priorities(ObjectNode json, Map<Priority, Long> values) {
        new TreeMap<>(values).forEach((priority, value) -> json.put(priority.wireName(), value));
    }
}
