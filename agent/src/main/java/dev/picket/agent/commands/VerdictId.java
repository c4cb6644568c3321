package dev.picket.agent.commands;

import dev.picket.inference.Priority;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The id of a verdict's event, {@code {epoch}-{priority}-{seq}}, taken apart. */
record VerdictId(String epoch, Priority priority, long seq) {
    private static final Pattern FORM = Pattern.compile("([^/\\s]{1,64})-([a-z]{1,16})-([1-9][0-9]{0,17})");

    static Optional<VerdictId> parse(String id) {
        Matcher matcher = FORM.matcher(id);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        return priority(matcher.group(2))
                .map(priority -> new VerdictId(matcher.group(1), priority, Long.parseLong(matcher.group(3))));
    }

    static Optional<Priority> priority(String wireName) {
        return Arrays.stream(Priority.values())
                .filter(each -> each.wireName().equals(wireName))
                .findFirst();
    }
}
