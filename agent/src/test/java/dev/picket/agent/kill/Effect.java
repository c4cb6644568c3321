package dev.picket.agent.kill;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.picket.agent.commands.Answer;
import dev.picket.agent.commands.CommandHandler;
import dev.picket.agent.commands.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;

/** A verb with an effect that outlives the process: a line in a file. Its reply names that line. */
record Effect(String verb, boolean idempotent, Path file) implements CommandHandler {
    static List<CommandHandler> verbs(Path file) {
        return List.of(new Effect("again", true, file), new Effect("once", false, file));
    }

    @Override
    public boolean signed() {
        return false;
    }

    @Override
    public Answer answer(Request request) {
        String command = request.params().path("command").asText();
        String made = UUID.randomUUID().toString();
        try {
            Files.writeString(
                    file,
                    command + " " + made + "\n",
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Answer.now(200, JsonNodeFactory.instance.objectNode().put("made", made));
    }
}
