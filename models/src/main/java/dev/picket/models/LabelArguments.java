package dev.picket.models;

import dev.picket.inference.Priority;
import dev.picket.inference.codec.TaskManifest;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** Labels as a command line names them: {@code --label NAME=PRIORITY}, {@code --escalate NAME}. */
final class LabelArguments {
    private LabelArguments() {}

    /**
     * @param priorities by label, in the task's order
     * @param escalated labels that a person always sees
     */
    static List<TaskManifest.Label> parse(CommandSpec command, Map<String, String> priorities, List<String> escalated) {
        for (String each : escalated) {
            if (!priorities.containsKey(each)) {
                throw new CommandLine.ParameterException(
                        command.commandLine(), "--escalate names '" + each + "', which is no --label.");
            }
        }
        List<TaskManifest.Label> labels = new ArrayList<>();
        priorities.forEach((name, priority) ->
                labels.add(new TaskManifest.Label(name, priority(command, priority), escalated.contains(name))));
        return labels;
    }

    private static Priority priority(CommandSpec command, String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "alarm" -> Priority.ALARM;
            case "notice" -> Priority.NOTICE;
            case "routine" -> Priority.ROUTINE;
            default ->
                throw new CommandLine.ParameterException(
                        command.commandLine(), "The priority '" + text + "' is none of alarm, notice and routine.");
        };
    }
}
