package dev.picket.agent.overlay;

import dev.picket.agent.config.ConfigException;
import dev.picket.agent.config.PicketConfig;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What reading the configuration anew comes to; nothing is changed by asking. */
public sealed interface Reload {
    /** The files say what is in force. */
    record Nothing() implements Reload {}

    /**
     * It may be taken by an agent that starts again.
     *
     * @param sections that differ from what is in force
     */
    record Change(List<String> sections) implements Reload {}

    /** It cannot be used, or not by this process: what is in force stays. */
    record Refused(String sentence) implements Reload {}

    /**
     * Reads the files and weighs them.
     *
     * @param now in force
     * @param fixed why this agent cannot start again; empty where it can
     */
    static Reload of(Reading read, PicketConfig now, String fixed) {
        PicketConfig next;
        try {
            next = read.anew();
        } catch (ConfigException e) {
            return new Refused(
                    "The configuration cannot be used, and the one before stays in force: " + e.getMessage());
        }
        List<String> sections = differing(now, next);
        if (sections.isEmpty()) {
            return new Nothing();
        }
        if (!fixed.isEmpty()) {
            return new Refused("Nothing can be changed while it runs: " + fixed + ".");
        }
        if (!Objects.equals(now.inference().nativeLibrary(), next.inference().nativeLibrary())) {
            return new Refused("inference.native-library is taken once, when the process starts: start it again, with"
                    + " 'systemctl restart picket' where it is a service; all of the configuration before stays in"
                    + " force until then.");
        }
        return new Change(sections);
    }

    /** Where a configuration is read from. */
    @FunctionalInterface
    interface Reading {
        PicketConfig anew() throws ConfigException;
    }

    private static List<String> differing(PicketConfig now, PicketConfig next) {
        List<String> sections = new ArrayList<>();
        for (RecordComponent section : PicketConfig.class.getRecordComponents()) {
            try {
                if (!Objects.equals(
                        section.getAccessor().invoke(now), section.getAccessor().invoke(next))) {
                    sections.add(section.getName());
                }
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }
        return sections;
    }
}
