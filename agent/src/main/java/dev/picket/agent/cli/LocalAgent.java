package dev.picket.agent.cli;

import dev.picket.agent.config.PicketConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;

/** Talks to the agent that runs on this machine: its address and token lie in the runtime directory. */
final class LocalAgent {
    private static final int REFUSED = 422;
    private static final int TOO_MANY = 429;
    private static final int MAX_TRIES = 60;
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final Path runtime;

    private LocalAgent(Path runtime) {
        this.runtime = runtime;
    }

    static LocalAgent of(PicketConfig config) {
        return new LocalAgent(config.data().runtime());
    }

    /** Whether one has said where it is; it may have died since. */
    boolean isAnnounced() {
        return Files.exists(runtime.resolve("address"));
    }

    /** What the agent that runs has given to those who may ask it; each agent makes a new one. */
    String token() throws CommandFailure {
        return read("token");
    }

    /** The body of a GET. */
    String get(String path) throws CommandFailure {
        return send(path, HttpRequest.newBuilder().GET());
    }

    /** The body of a POST without one. */
    String post(String path) throws CommandFailure {
        return send(path, HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.noBody()));
    }

    /** The body of a POST with a text, asked again while the agent says that too many were. */
    String post(String path, String text) throws CommandFailure {
        HttpResponse<String> response = answer(path, text);
        for (int tries = 1; response.statusCode() == TOO_MANY && tries < MAX_TRIES; tries++) {
            pause();
            response = answer(path, text);
        }
        return body(response);
    }

    private HttpResponse<String> answer(String path, String text) throws CommandFailure {
        return exchange(path, HttpRequest.newBuilder().POST(HttpRequest.BodyPublishers.ofString(text)));
    }

    private static void pause() throws CommandFailure {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.UNAVAILABLE, "interrupted");
        }
    }

    private String send(String path, HttpRequest.Builder builder) throws CommandFailure {
        return body(exchange(path, builder));
    }

    private static String body(HttpResponse<String> response) throws CommandFailure {
        if (response.statusCode() == REFUSED) {
            throw new CommandFailure(ExitCode.DATA, response.body().strip());
        }
        if (response.statusCode() != 200) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "the agent answered " + response.statusCode() + ": "
                            + response.body().strip());
        }
        return response.body();
    }

    private HttpResponse<String> exchange(String path, HttpRequest.Builder builder) throws CommandFailure {
        URI address = URI.create(read("address")).resolve(path);
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build()) {
            HttpRequest request = builder.uri(address)
                    .timeout(TIMEOUT)
                    .header("Authorization", "Bearer " + read("token"))
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE, "no agent answers at " + address + "; start it with 'picket run'");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.UNAVAILABLE, "interrupted");
        }
    }

    private String read(String name) throws CommandFailure {
        Path file = runtime.resolve(name);
        try {
            return Files.readString(file).strip();
        } catch (NoSuchFileException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE, "no agent runs here: there is no " + file + "; start it with 'picket run'");
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE, file + " cannot be read; are you in the group 'picket'? " + e.getMessage());
        }
    }
}
