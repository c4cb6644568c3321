package dev.picket.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The list of a source's tasks as people write it. */
class TaskConfigTest {
    @TempDir
    Path folder;

    @Test
    void aTaskIsANameOrSaysUponWhichAnswersItIsAsked() throws Exception {
        List<TaskConfig> tasks =
                tasks("[triage, { task: fraud, when: triage, labels: [payment, account] }, {task: x}]");
        assertThat(tasks)
                .containsExactly(
                        TaskConfig.always("triage"),
                        new TaskConfig("fraud", "triage", List.of("payment", "account")),
                        TaskConfig.always("x"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "[{ task: fraud, when: triage, labels: [x] }, triage] | which is not asked before it",
                "[{ task: fraud, when: fraud, labels: [x] }] | which is not asked before it",
                "[a, { task: a, when: a, labels: [x] }] | names a task twice",
                "[a, a] | names a task twice",
                "[a, { task: b, when: a }] | name one or more in 'labels'",
                "[{ task: b, labels: [x] }] | set 'when', or remove 'labels'",
                "[a, { task: b, whne: a, labels: [x] }] | did you mean 'sources[0].tasks[1].when'?",
                "[a, { when: a, labels: [x] }] | sources[0].tasks[1].task",
                "[[a]] | must be a section with keys",
                "[] | is routed to no task",
            })
    void aListThatCannotWorkIsRefused(String list, String why) {
        assertThatThrownBy(() -> tasks(list))
                .isInstanceOf(ConfigException.class)
                .hasMessageContaining(why);
    }

    private List<TaskConfig> tasks(String list) throws IOException, ConfigException {
        Path file = Files.writeString(
                folder.resolve("picket.yml"), "sources:\n  - name: line1\n    path: /var/log/app\n    tasks: " + list);
        return ConfigLoader.load(file, Map.of()).sources().getFirst().tasks();
    }
}
