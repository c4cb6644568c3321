package dev.picket.agent.http;

import dev.picket.agent.status.LastCheck;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Where {@code picket check --tell} says what it found: one finding a line, and none where all is well. */
@Controller("/api/check")
final class CheckController {
    private final LastCheck last;

    CheckController(LastCheck last) {
        this.last = last;
    }

    @Post
    @Consumes(MediaType.ALL)
    HttpResponse<?> tell(HttpRequest<byte[]> request) {
        String body = new String(request.getBody().orElse(new byte[0]), StandardCharsets.UTF_8);
        last.tell(body.lines().filter(line -> !line.isBlank()).toList());
        return HttpResponse.ok(Map.of("findings", last.troubles().size()));
    }
}
