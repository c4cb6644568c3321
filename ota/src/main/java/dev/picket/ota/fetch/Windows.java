package dev.picket.ota.fetch;

import java.time.Duration;
import java.time.LocalTime;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The hours in which files may be fetched, as the clock on the wall shows them; none is always. What the wall shows
 * counts on days when it is put forward or back, too: an hour that it skips opens nothing, one that it shows twice opens
 * twice.
 */
public record Windows(List<Window> windows) {
    public static final Windows ALWAYS = new Windows(List.of());
    private static final Pattern FORM = Pattern.compile("([0-2]\\d:[0-5]\\d)-([0-2]\\d:[0-5]\\d)");
    private static final int MINUTES_A_WEEK = 7 * 24 * 60;

    public Windows {
        windows = List.copyOf(windows);
    }

    /**
     * One window a day.
     *
     * @param from the first minute in it
     * @param to the first minute after it; at or before {@code from}: on the next day
     */
    public record Window(LocalTime from, LocalTime to) {
        boolean holds(LocalTime time) {
            boolean after = !time.isBefore(from);
            boolean before = time.isBefore(to);
            return from.isBefore(to) ? after && before : after || before;
        }

        @Override
        public String toString() {
            return from + "-" + to;
        }
    }

    /**
     * Reads windows as people write them, {@code 22:00-05:00}.
     *
     * @throws IllegalArgumentException with a sentence that says what was expected
     */
    public static Windows parse(List<String> texts) {
        return new Windows(texts.stream().map(Windows::window).toList());
    }

    private static Window window(String text) {
        Matcher matcher = FORM.matcher(text);
        try {
            if (matcher.matches()) {
                return new Window(LocalTime.parse(matcher.group(1)), LocalTime.parse(matcher.group(2)));
            }
        } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(wrong(text), e);
        }
        throw new IllegalArgumentException(wrong(text));
    }

    private static String wrong(String text) {
        return "'" + text + "' is not a window such as 22:00-05:00";
    }

    /** Whether files may be fetched at that time. */
    public boolean areOpen(ZonedDateTime now) {
        LocalTime time = now.toLocalTime();
        return windows.isEmpty() || windows.stream().anyMatch(each -> each.holds(time));
    }

    /** Until the next one opens; zero while one is open. Minute by minute, so that no rule of any zone is missed. */
    public Duration untilOpen(ZonedDateTime now) {
        if (areOpen(now)) {
            return Duration.ZERO;
        }
        ZonedDateTime at = now.truncatedTo(ChronoUnit.MINUTES);
        for (int i = 0; i < MINUTES_A_WEEK; i++) {
            at = at.plusMinutes(1);
            if (areOpen(at)) {
                break;
            }
        }
        return Duration.between(now, at);
    }

    @Override
    public String toString() {
        return String.join(", ", windows.stream().map(Window::toString).toList());
    }
}
