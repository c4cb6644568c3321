package dev.picket.agent.kill;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.picket.agent.commands.Answer;
import dev.picket.agent.commands.CommandHandler;
import dev.picket.agent.commands.Reply;
import dev.picket.agent.commands.Request;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/** A verb with an effect that outlives the process: a line in a file. Its reply names that line. */
record Effect(Kind kind, Path file) implements CommandHandler {
    enum Kind {
        AGAIN(true, false, false),
        ONCE(false, true, false),
        JOB(false, true, true),
        JOB_AGAIN(true, true, true);

        private final boolean idempotent;
        private final boolean signed;
        private final boolean later;

        Kind(boolean idempotent, boolean signed, boolean later) {
            this.idempotent = idempotent;
            this.signed = signed;
            this.later = later;
        }

        String verb() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }

        boolean idempotent() {
            return idempotent;
        }

        boolean signed() {
            return signed;
        }
    }

    static List<CommandHandler> verbs(Path file) {
        return List.of(Kind.values()).stream()
                .map(kind -> (CommandHandler) new Effect(kind, file))
                .toList();
    }

    @Override
    public String verb() {
        return kind.verb();
    }

    @Override
    public boolean idempotent() {
        return kind.idempotent;
    }

    @Override
    public boolean signed() {
        return kind.signed;
    }

    @Override
    public Answer answer(Request request) {
        String command = request.params().path("command").asText();
        return kind.later
                ? new Answer.Later("It is about to begin.", _ -> effect(command))
                : new Answer.Now(effect(command));
    }

    private Reply effect(String command) {
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
        return Reply.of(200, JsonNodeFactory.instance.objectNode().put("made", made));
    }
}
