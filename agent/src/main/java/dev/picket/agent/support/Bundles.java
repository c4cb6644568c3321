package dev.picket.agent.support;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import dev.picket.agent.config.PicketConfig;
import dev.picket.agent.journal.Journal;
import dev.picket.agent.overlay.Overlays;
import dev.picket.agent.overlay.Stored;
import dev.picket.agent.status.Build;
import dev.picket.agent.status.StatusView;
import dev.picket.agent.uplink.ReportJson;
import dev.picket.ota.update.Ended;
import dev.picket.ota.update.UpdateStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/** The bundle of an agent that runs, and what can be told of one that does not. */
public final class Bundles {
    private static final ObjectMapper JSON = new ObjectMapper().registerModule(new JavaTimeModule());

    private Bundles() {}

    /** Of an agent that runs. */
    public static SupportBundle running(
            PicketConfig config,
            Overlays overlays,
            StatusView status,
            Supplier<UpdateStatus> updates,
            Journal journal,
            RecentLog log) {
        return stopped(config, overlays.stored())
                .with("status", () -> JSON.valueToTree(status.now()))
                .with("report", () -> tree(ReportJson.bytes(status.report())))
                .with("update", () -> update(updates.get()))
                .with(
                        "journal",
                        () -> JSON.createObjectNode()
                                .put("epoch", journal.epoch())
                                .put("stoppedCleanlyBefore", journal.stoppedCleanly()))
                .with("process", Machine::process)
                .with("threads", Machine::threads)
                .with(SupportBundle.LOG_SECTION, () -> log(log));
    }

    /** Of one that does not run: what its files show by their names and sizes. */
    public static SupportBundle stopped(PicketConfig config, Stored sent) {
        Path data = config.data().directory();
        return new SupportBundle()
                .with("versions", Bundles::versions)
                .with("configuration", () -> ConfigView.of(config))
                .with("sent", () -> sent(sent))
                .with("disk", () -> Machine.disk(data))
                .with("files", () -> Machine.files(data));
    }

    private static ObjectNode versions() {
        return JSON.createObjectNode()
                .put("agent", Build.version())
                .put("built", Build.instant().toString())
                .put("java", System.getProperty("java.vm.version"))
                .put("vm", System.getProperty("java.vm.name"))
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("processor", System.getProperty("os.arch"));
    }

    private static ObjectNode sent(Stored sent) {
        ObjectNode json = JSON.createObjectNode()
                .put("phase", sent.phase().wireName())
                .put("starts", sent.starts())
                .put("detail", sent.detail());
        json.set("inForce", sent.inForce());
        return json;
    }

    private static ObjectNode update(UpdateStatus status) {
        ObjectNode json = JSON.createObjectNode()
                .put("step", status.step().wireName())
                .put("candidate", status.candidate().orElse(null))
                .put("active", status.active().orElse(null))
                .put("proved", status.proved())
                .put("fetchedBytes", status.fetchedBytes());
        ArrayNode previous = json.putArray("previous");
        status.previous().forEach(previous::add);
        ArrayNode findings = json.putArray("findings");
        status.findings().forEach(each -> findings.add(each.toJson()));
        status.last().ifPresent(last -> json.set("last", ended(last)));
        return json;
    }

    private static ObjectNode ended(Ended last) {
        return JSON.createObjectNode()
                .put("set", last.set())
                .put("step", last.step().wireName())
                .put("sentence", last.sentence())
                .put("at", last.at().toString())
                .put("order", last.order());
    }

    private static ArrayNode log(RecentLog log) {
        ArrayNode lines = JsonNodeFactory.instance.arrayNode();
        log.lines().forEach(lines::add);
        return lines;
    }

    private static JsonNode tree(byte[] json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
