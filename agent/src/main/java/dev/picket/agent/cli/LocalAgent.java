package dev.picket.agent.cli;

import dev.picket.agent.config.PicketConfig;
import dev.picket.ota.PlainFile;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Talks to the agent that runs on this machine: its address and token lie in the runtime directory. */
final class LocalAgent {
    private static final Logger LOG = LoggerFactory.getLogger(LocalAgent.class);
    private static final int REFUSED = 422;
    private static final int TOO_MANY = 429;
    private static final int MAX_TRIES = 60;
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** A small gateway that examines a Set may need most of it. */
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private static final int MAX_BYTES = 256;
    private static final Pattern TOKEN = Pattern.compile("[0-9a-f]{64}");

    private final Path runtime;
    private final String host;

    private LocalAgent(Path runtime, String host) {
        this.runtime = runtime;
        this.host = host;
    }

    static LocalAgent of(PicketConfig config) {
        return new LocalAgent(config.data().runtime(), config.http().host());
    }

    /** Whether one has said where it is; it may have died since. */
    boolean isAnnounced() {
        return Files.exists(runtime.resolve("address"));
    }

    /** What the agent that runs has given to those who may ask it; each agent makes a new one. */
    String token() throws CommandFailure {
        String token = read("token");
        if (!TOKEN.matcher(token).matches()) {
            throw strange("token");
        }
        return token;
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
        URI address = address().resolve(path);
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT).build()) {
            HttpRequest request = builder.uri(address)
                    .timeout(ANSWER)
                    .header("Authorization", "Bearer " + token())
                    .build();
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (HttpConnectTimeoutException e) {
            throw new CommandFailure(ExitCode.UNAVAILABLE, "no agent takes the call at " + address);
        } catch (HttpTimeoutException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE,
                    "the agent at " + address + " has not answered within " + ANSWER.toSeconds()
                            + " seconds; it is busy, so try again");
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE, "no agent answers at " + address + "; start it with 'picket run'");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitCode.UNAVAILABLE, "interrupted");
        }
    }

    /** The folder is the agent's, and a command may be root's: what it says goes to this machine and to where the configuration says. */
    private URI address() throws CommandFailure {
        try {
            URI address = new URI(read("address"));
            if ("http".equals(address.getScheme()) && address.getHost() != null && isHere(address.getHost())) {
                return address;
            }
        } catch (URISyntaxException | IllegalArgumentException e) {
            LOG.debug("The agent's address is none", e);
        }
        throw strange("address");
    }

    private boolean isHere(String found) {
        String name = found.replaceAll("[\\[\\]]", "");
        return name.equals(host) || InetAddress.ofLiteral(name).isLoopbackAddress();
    }

    private CommandFailure strange(String name) {
        return new CommandFailure(
                ExitCode.UNAVAILABLE,
                runtime.resolve(name) + " holds what no agent writes there; start the agent again");
    }

    private String read(String name) throws CommandFailure {
        Path file = runtime.resolve(name);
        try {
            return new String(PlainFile.read(file, MAX_BYTES), StandardCharsets.UTF_8).strip();
        } catch (NoSuchFileException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE, "no agent runs here: there is no " + file + "; start it with 'picket run'");
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.UNAVAILABLE, file + " cannot be read; are you in the group 'picket'? " + e.getMessage());
        }
    }
}
