package dev.picket.agent.drift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.drift.Alarm;
import dev.picket.inference.drift.Pane;
import dev.picket.inference.drift.Phase;
import dev.picket.inference.drift.Signal;
import dev.picket.inference.drift.Tally;
import dev.picket.inference.drift.WatchState;
import dev.picket.ota.AtomicFiles;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code drift.json}: what the watches have counted. Statistics alone: no text, no hash of one, nothing that a text could be made of again.
 *
 * <pre>
 * {"format": 1, "watches": [
 *   {"task": "fraud", "digest": "…", "labels": 3, "phase": "watching", "paneBegan": "2026-11-21T08:00:00Z",
 *    "current": {"line": TALLY, …},              of the pane that runs, by source
 *    "lived": 18, "reference": {"line": TALLY},  the baseline and the panes it has
 *    "frozen": "…",                              left out while the baseline is collected
 *    "panes": [{"ended": "…", "watched": true, "tally": TALLY, "mix": {"line": 120}}, …],
 *    "alarms": [{"of": "labels", "effect": 0.31, "texts": 640, "since": "…"}, …],
 *    "ended": ALARM, "until": "…",               left out before the first one ended
 *    "accepted": "…"}]}                          left out where nobody accepted one
 * TALLY = {"labels": [110, 8, 2], "confidence": [bin, count, bin, count, …], …}
 * </pre>
 *
 * Replaced as a whole, so a kill or a power cut leaves the one before: some counting is lost, up to {@code drift.save-every}. A file that
 * cannot be read is as none: the baseline is collected anew, and no verdict depends on it.
 */
final class DriftFile {
    static final String NAME = "drift.json";

    private static final Logger LOG = LoggerFactory.getLogger(DriftFile.class);
    private static final int FORMAT = 1;
    private static final long MAX_BYTES = 16L << 20;
    private static final int MAX_WATCHES = 64;
    private static final int MAX_LABELS = 256;
    private static final int MAX_PANES = 64;
    private static final int MAX_SOURCES = 64;
    private static final int MAX_ALARMS = 16;
    private static final int MAX_COUNT = 1 << 24;
    private static final double ROUNDING = 1e-9;

    private final Path file;

    DriftFile(Path folder) {
        this.file = folder.resolve(NAME);
    }

    /** What was saved; nothing where there is no file, or none that can be read. */
    List<WatchState> read() {
        try {
            if (Files.size(file) > MAX_BYTES) {
                LOG.warn("{} has more than {} bytes, so drift baselines are collected anew", file, MAX_BYTES);
                return List.of();
            }
            Fields top = StrictJson.parse(NAME, Files.readAllBytes(file));
            top.number("format", FORMAT, FORMAT);
            List<WatchState> watches = new ArrayList<>();
            for (Fields each : top.objects("watches", MAX_WATCHES)) {
                watches.add(watch(each));
            }
            return watches;
        } catch (NoSuchFileException _) {
            return List.of();
        } catch (IOException | RejectedException e) {
            LOG.warn("Drift baselines are collected anew, since what was saved cannot be read: {}", e.getMessage());
            return List.of();
        }
    }

    void write(List<WatchState> watches) throws IOException {
        ObjectNode top = StrictJson.object().put("format", FORMAT);
        ArrayNode all = top.putArray("watches");
        watches.forEach(each -> put(all.addObject(), each));
        AtomicFiles.write(file, top.toString().getBytes(StandardCharsets.UTF_8));
    }

    private static void put(ObjectNode node, WatchState state) {
        node.put("task", state.task())
                .put("digest", state.digest())
                .put("labels", state.labels())
                .put("phase", state.phase().wireName())
                .put("paneBegan", state.paneBegan().toString());
        ObjectNode current = node.putObject("current");
        state.current().forEach((source, tally) -> put(current.putObject(source), tally));
        node.put("lived", state.lived());
        ObjectNode reference = node.putObject("reference");
        state.reference().forEach((source, tally) -> put(reference.putObject(source), tally));
        if (state.frozen() != null) {
            node.put("frozen", state.frozen().toString());
        }
        ArrayNode panes = node.putArray("panes");
        for (Pane pane : state.panes()) {
            ObjectNode each =
                    panes.addObject().put("ended", pane.ended().toString()).put("watched", pane.watched());
            put(each.putObject("tally"), pane.tally());
            ObjectNode mix = each.putObject("mix");
            pane.mix().forEach(mix::put);
        }
        ArrayNode alarms = node.putArray("alarms");
        state.alarms().forEach(each -> put(alarms.addObject(), each));
        if (state.ended() != null && state.until() != null) {
            put(node.putObject("ended"), state.ended());
            node.put("until", state.until().toString());
        }
        if (state.accepted() != null) {
            node.put("accepted", state.accepted().toString());
        }
    }

    private static void put(ObjectNode node, Alarm alarm) {
        node.put("of", alarm.of())
                .put("effect", alarm.effect())
                .put("texts", alarm.texts())
                .put("since", alarm.since().toString());
    }

    private static void put(ObjectNode node, Tally tally) {
        ArrayNode labels = node.putArray("labels");
        for (int count : tally.labels()) {
            labels.add(count);
        }
        for (Signal signal : Signal.values()) {
            ArrayNode bins = node.putArray(signal.wireName());
            for (int bin = 0; bin < Signal.BINS; bin++) {
                int count = tally.bins(signal)[bin];
                if (count > 0) {
                    bins.add(bin).add(count);
                }
            }
        }
    }

    private static WatchState watch(Fields fields) throws RejectedException {
        int labels = (int) fields.number("labels", 1, MAX_LABELS);
        List<Pane> panes = new ArrayList<>();
        for (Fields pane : fields.objects("panes", MAX_PANES)) {
            Map<String, Integer> mix = new LinkedHashMap<>();
            Fields counts = pane.object("mix");
            for (String source : sources(counts)) {
                mix.put(source, (int) counts.number(source, 0, MAX_COUNT));
            }
            panes.add(new Pane(instant(pane, "ended"), pane.flag("watched"), tally(pane.object("tally"), labels), mix));
        }
        List<Alarm> alarms = new ArrayList<>();
        for (Fields alarm : fields.objects("alarms", MAX_ALARMS)) {
            alarms.add(alarm(alarm));
        }
        return new WatchState(
                fields.text("task", 64),
                fields.sha256("digest"),
                labels,
                phase(fields),
                instant(fields, "paneBegan"),
                tallies(fields.object("current"), labels),
                (int) fields.number("lived", 0, MAX_COUNT),
                tallies(fields.object("reference"), labels),
                fields.has("frozen") ? instant(fields, "frozen") : null,
                panes,
                alarms,
                fields.has("ended") ? alarm(fields.object("ended")) : null,
                fields.has("until") ? instant(fields, "until") : null,
                fields.has("accepted") ? instant(fields, "accepted") : null);
    }

    private static Phase phase(Fields fields) throws RejectedException {
        String name = fields.text("phase", 16);
        for (Phase phase : Phase.values()) {
            if (phase.wireName().equals(name)) {
                return phase;
            }
        }
        throw fields.fault("phase", "settling, collecting or watching");
    }

    private static Alarm alarm(Fields fields) throws RejectedException {
        JsonNode effect = fields.node().path("effect");
        // What rounding once brought above 1 is no reason to lose all baselines.
        if (!effect.isNumber() || !(effect.doubleValue() >= 0 && effect.doubleValue() <= 1 + ROUNDING)) {
            throw fields.fault("effect", "a number from 0 to 1");
        }
        return new Alarm(
                fields.text("of", 64),
                Math.min(1, effect.doubleValue()),
                (int) fields.number("texts", 0, MAX_COUNT),
                instant(fields, "since"));
    }

    private static Map<String, Tally> tallies(Fields fields, int labels) throws RejectedException {
        Map<String, Tally> tallies = new LinkedHashMap<>();
        for (String source : sources(fields)) {
            tallies.put(source, tally(fields.object(source), labels));
        }
        return tallies;
    }

    private static List<String> sources(Fields fields) throws RejectedException {
        if (fields.node().size() > MAX_SOURCES) {
            throw fields.fault("", "at most " + MAX_SOURCES + " sources");
        }
        List<String> names = new ArrayList<>();
        fields.node().fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Tally tally(Fields fields, int labels) throws RejectedException {
        int[] counts = numbers(fields, "labels", labels, MAX_COUNT);
        if (counts.length != labels) {
            throw fields.fault("labels", labels + " counts");
        }
        Map<Signal, int[]> bins = new EnumMap<>(Signal.class);
        for (Signal signal : Signal.values()) {
            int[] pairs = numbers(fields, signal.wireName(), 2 * Signal.BINS, MAX_COUNT);
            int[] dense = new int[Signal.BINS];
            for (int i = 0; i + 1 < pairs.length; i += 2) {
                if (pairs[i] >= Signal.BINS) {
                    throw fields.fault(signal.wireName(), "bins below " + Signal.BINS + ", each with its count");
                }
                dense[pairs[i]] = pairs[i + 1];
            }
            bins.put(signal, dense);
        }
        return new Tally(counts, bins);
    }

    private static int[] numbers(Fields fields, String key, int mostNumbers, int most) throws RejectedException {
        JsonNode list = fields.node().path(key);
        if (!list.isArray() || list.size() > mostNumbers) {
            throw fields.fault(key, "a list of at most " + mostNumbers + " numbers");
        }
        int[] numbers = new int[list.size()];
        for (int i = 0; i < numbers.length; i++) {
            JsonNode each = list.get(i);
            if (!each.canConvertToInt() || each.intValue() < 0 || each.intValue() > most) {
                throw fields.fault(key, "whole numbers from 0 to " + most);
            }
            numbers[i] = each.intValue();
        }
        return numbers;
    }

    private static Instant instant(Fields fields, String key) throws RejectedException {
        try {
            return Instant.parse(fields.text(key, 64));
        } catch (DateTimeException _) {
            throw fields.fault(key, "an instant");
        }
    }
}
