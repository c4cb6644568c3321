package dev.picket.agent.rollout;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.ota.RejectedException;
import dev.picket.ota.json.Fields;
import dev.picket.ota.json.StrictJson;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;

/**
 * The time of day at which installs may begin.
 *
 * @param from included
 * @param to excluded; before {@code from} it is of the next day, and the same is the whole day
 */
public record Window(LocalTime from, LocalTime to, ZoneId zone) {
    private static final int MAX_TEXT = 64;

    /**
     * Reads {@code 22:00-05:00}.
     *
     * @throws IllegalArgumentException with one sentence
     */
    public static Window of(String times, String zone) {
        String[] parts = times.split("-", -1);
        try {
            if (parts.length == 2) {
                return new Window(LocalTime.parse(parts[0]), LocalTime.parse(parts[1]), ZoneId.of(zone));
            }
        } catch (DateTimeException _) {
            // Said below.
        }
        throw new IllegalArgumentException(
                "'" + times + "' in '" + zone + "' is no window such as 22:00-05:00 in Europe/Berlin");
    }

    public boolean isOpen(Instant now) {
        LocalTime time = LocalTime.ofInstant(now, zone);
        boolean afterFrom = !time.isBefore(from);
        boolean beforeTo = time.isBefore(to);
        return from.isBefore(to) ? afterFrom && beforeTo : afterFrom || beforeTo;
    }

    /** When it opened last. */
    Instant opened(Instant now) {
        ZonedDateTime local = now.atZone(zone);
        ZonedDateTime today = local.with(from);
        return (today.isAfter(local) ? local.minusDays(1).with(from) : today).toInstant();
    }

    /** When it closes that opened last. */
    Instant closes(Instant now) {
        ZonedDateTime opened = opened(now).atZone(zone);
        ZonedDateTime same = opened.with(to);
        return (same.isAfter(opened) ? same : opened.plusDays(1).with(to)).toInstant();
    }

    static Window parse(Fields fields) throws RejectedException {
        Claims.noOthers(fields, "from", "to", "zone");
        try {
            return new Window(
                    LocalTime.parse(fields.text("from", MAX_TEXT)),
                    LocalTime.parse(fields.text("to", MAX_TEXT)),
                    ZoneId.of(fields.has("zone") ? fields.text("zone", MAX_TEXT) : "UTC"));
        } catch (DateTimeException _) {
            throw fields.fault("from", "with 'to' a time such as 22:00, and 'zone' one such as Europe/Berlin");
        }
    }

    ObjectNode toJson() {
        return StrictJson.object()
                .put("from", from.toString())
                .put("to", to.toString())
                .put("zone", zone.getId());
    }

    @Override
    public String toString() {
        return from + "-" + to + " " + zone;
    }
}
