package dev.picket.ota.conformance;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The command line: options in any order, before or after the one command.
 *
 * @param command {@code init}, {@code refresh} or {@code download}
 * @param operands what else stands there: the trusted root for {@code init}
 * @param targetNames in the order given
 */
record Arguments(String command, List<String> operands, Map<String, String> options, List<String> targetNames) {
    private static final String TARGET_NAME = "--target-name";
    private static final Set<String> OPTIONS =
            Set.of("--metadata-dir", "--metadata-url", "--target-base-url", "--target-dir");

    /** Reads them; empty when they are not of this form. */
    static Optional<Arguments> parse(String[] args) {
        List<String> words = new ArrayList<>();
        Map<String, String> options = new HashMap<>();
        List<String> targetNames = new ArrayList<>();
        for (int i = 0; i < args.length; i++) {
            if (!args[i].startsWith("--")) {
                words.add(args[i]);
                continue;
            }
            int equals = args[i].indexOf('=');
            String option = equals < 0 ? args[i] : args[i].substring(0, equals);
            if (equals < 0 && ++i == args.length) {
                return Optional.empty();
            }
            String value = equals < 0 ? args[i] : args[i].substring(equals + 1);
            if (option.equals(TARGET_NAME)) {
                targetNames.add(value);
            } else if (!OPTIONS.contains(option) || options.put(option, value) != null) {
                return Optional.empty();
            }
        }
        Arguments parsed = new Arguments(words.isEmpty() ? "" : words.removeFirst(), words, options, targetNames);
        return parsed.isComplete() ? Optional.of(parsed) : Optional.empty();
    }

    String option(String name) {
        return options.getOrDefault(name, "");
    }

    private boolean isComplete() {
        return switch (command) {
            case "init" -> operands.size() == 1 && has("--metadata-dir");
            case "refresh" -> operands.isEmpty() && has("--metadata-dir", "--metadata-url");
            case "download" ->
                operands.isEmpty()
                        && !targetNames.isEmpty()
                        && has("--metadata-dir", "--metadata-url", "--target-base-url", "--target-dir");
            default -> false;
        };
    }

    private boolean has(String... names) {
        return options.keySet().containsAll(List.of(names));
    }
}
