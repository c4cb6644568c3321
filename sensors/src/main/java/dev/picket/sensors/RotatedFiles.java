package dev.picket.sensors;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The files that a log was rotated to, found beside it by name: {@code app.log.1}, {@code app.log-20261121},
 * {@code app.log.2026-11-21_10}, {@code app.log.old}, {@code app-20261121.log}, {@code app.1.log},
 * {@code app-2026-11-21-1.log}. Compressed ones are not among them; nor is {@code app-2.log}, which is as likely a log of
 * its own, of the second machine.
 */
final class RotatedFiles {
    /** After the whole name, where no log of its own would have anything. */
    private static final String MARK = "([.\\-_](?:\\d[\\d.\\-_T:Z]*|old))";

    private static final String YEAR = "(?:19|20)\\d\\d";
    private static final String MONTH = "(?:0[1-9]|1[0-2])";
    private static final String DAY = "(?:0[1-9]|[12]\\d|3[01])";
    private static final String DATE = "(?:" + YEAR + MONTH + DAY + "\\d*|" + YEAR + "[.\\-_]" + MONTH + "|" + MONTH
            + "[.\\-_]" + DAY + "[.\\-_]" + YEAR + ")";
    /** Before the extension: a date with whatever numbers follow it, or a number that a dot sets off. */
    private static final String INNER_MARK = "([.\\-_]" + DATE + "(?:[.\\-_T][\\d.\\-_T:Z]*)?|\\.\\d{1,4})";

    private static final Comparator<Found> OLDEST_FIRST = Comparator.comparingLong(
                    (Found found) -> found.state().modifiedMillis())
            .thenComparing(Comparator.comparingLong(Found::number).reversed())
            .thenComparing(found -> found.state().path().getFileName().toString());

    /** With the number that numbered rotation gives, where it is one: the higher, the older. */
    private record Found(FileState state, long number) {}

    private final Path folder;
    private final Pattern names;
    private final int maxFiles;

    /**
     * @param maxFiles how many are looked at; of more, those that the folder names last are passed over
     */
    RotatedFiles(Path file, int maxFiles) {
        Path absolute = file.toAbsolutePath();
        Path parent = absolute.getParent();
        this.folder = parent == null ? absolute : parent;
        String name =
                absolute.getFileName() == null ? "" : absolute.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String stem = dot > 0 ? name.substring(0, dot) : name;
        String extension = dot > 0 ? name.substring(dot) : "";
        this.names = Pattern.compile(
                Pattern.quote(name) + MARK + "|" + Pattern.quote(stem) + INNER_MARK + Pattern.quote(extension));
        this.maxFiles = maxFiles;
    }

    /** Oldest first. */
    List<FileState> oldestFirst() throws IOException {
        List<Found> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path path : files) {
                Matcher matcher = names.matcher(path.getFileName().toString());
                FileState state = matcher.matches() && found.size() < maxFiles ? FileState.ofOrNull(path) : null;
                if (state != null && state.regular()) {
                    found.add(new Found(state, number(matcher.group(matcher.group(1) == null ? 2 : 1))));
                }
            }
        }
        return found.stream().sorted(OLDEST_FIRST).map(Found::state).toList();
    }

    private static long number(@Nullable String mark) {
        return mark != null && mark.matches("\\.\\d{1,4}") ? Long.parseLong(mark.substring(1)) : 0;
    }
}
