package dev.picket.agent.http;

import dev.picket.agent.config.HttpConfig;
import dev.picket.agent.judge.JudgingFailedException;
import dev.picket.agent.judge.NotServingException;
import dev.picket.agent.update.ServingSet;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * One text that somebody asks about, answered before all readings. It is no reading: nothing of it is journalled,
 * published, shown to a shadow or counted.
 */
@Controller("/api/classify")
final class ClassifyController {
    /** No task takes so many tokens: more than it takes would only be cut, as a reading is. */
    private static final int MAX_BYTES = 64 << 10;

    /** Those who ask wait for each other, and never for all runs: readings keep theirs. */
    private static final int AT_ONCE = 4;

    private final ServingSet serving;
    private final int perSecond;
    private final AskLimit limit;

    ClassifyController(ServingSet serving, HttpConfig config) {
        this.serving = serving;
        this.perSecond = config.asksPerSecond();
        this.limit = new AskLimit(perSecond, AT_ONCE, System::nanoTime);
    }

    @Post
    @Consumes(MediaType.ALL)
    @ExecuteOn(TaskExecutors.BLOCKING)
    HttpResponse<?> classify(@QueryValue @Nullable String task, HttpRequest<byte[]> request) {
        try {
            if (task == null || task.isBlank()) {
                throw new MalformedException(400, "the request names no task; ask /api/classify?task=NAME");
            }
            return answer(task, text(request.getBody().orElse(new byte[0])));
        } catch (MalformedException e) {
            return PlainRefusal.of(HttpStatus.valueOf(e.status()), e.getMessage());
        }
    }

    private HttpResponse<?> answer(String task, String text) {
        if (!limit.begin()) {
            return PlainRefusal.of(
                            HttpStatus.TOO_MANY_REQUESTS,
                            "more than " + perSecond + " texts a second, or " + AT_ONCE
                                    + " at once, were asked; ask again later, or raise http.asks-per-second")
                    .header("Retry-After", "1");
        }
        try {
            return HttpResponse.ok(AnswerView.of(serving.ask(task, text)));
        } catch (NotServingException e) {
            return PlainRefusal.of(HttpStatus.SERVICE_UNAVAILABLE, e.getMessage());
        } catch (JudgingFailedException e) {
            return HttpResponse.ok(AnswerView.failed(e.reason(), String.valueOf(e.getMessage())));
        } finally {
            limit.end();
        }
    }

    private static String text(byte[] body) throws MalformedException {
        if (body.length > MAX_BYTES) {
            throw new MalformedException(
                    413, "the text has " + body.length + " bytes, " + MAX_BYTES + " are taken at most");
        }
        String text = utf8(body);
        if (text.isBlank()) {
            throw new MalformedException(400, "the request has no text; send one as the body, in UTF-8");
        }
        return text;
    }

    private static String utf8(byte[] body) throws MalformedException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(body))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new MalformedException(400, "the body is no UTF-8; send the text in that encoding");
        }
    }
}
