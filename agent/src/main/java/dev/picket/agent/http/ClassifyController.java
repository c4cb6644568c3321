package dev.picket.agent.http;

import dev.picket.agent.judge.JudgingFailedException;
import dev.picket.agent.judge.NotServingException;
import dev.picket.agent.update.ServingSet;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Consumes;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import java.nio.charset.StandardCharsets;

/**
 * One text that somebody asks about, answered before all readings. It is no reading: nothing of it is journalled,
 * published, shown to a shadow or counted.
 */
@Controller("/api/classify")
final class ClassifyController {
    private static final int MAX_BYTES = 64 << 10;
    private static final int PER_SECOND = 50;
    private static final int AT_ONCE = 4;

    private final ServingSet serving;
    private final AskLimit limit = new AskLimit(PER_SECOND, AT_ONCE, System::nanoTime);

    ClassifyController(ServingSet serving) {
        this.serving = serving;
    }

    @Post
    @Consumes(MediaType.ALL)
    @ExecuteOn(TaskExecutors.BLOCKING)
    HttpResponse<?> classify(@QueryValue String task, @Body byte[] body) {
        if (body.length > MAX_BYTES) {
            return refuse(413, "the text has " + body.length + " bytes, " + MAX_BYTES + " are taken at most");
        }
        String text = new String(body, StandardCharsets.UTF_8);
        if (text.isBlank()) {
            return HttpResponse.ok(AnswerView.failed("empty", "The text is empty."));
        }
        if (!limit.begin()) {
            return refuse(429, "more than " + PER_SECOND + " texts a second, or " + AT_ONCE + " at once, were asked")
                    .header("Retry-After", "1");
        }
        try {
            return HttpResponse.ok(AnswerView.of(serving.ask(task, text)));
        } catch (NotServingException e) {
            return refuse(503, String.valueOf(e.getMessage()));
        } catch (JudgingFailedException e) {
            return HttpResponse.ok(AnswerView.failed(e.reason(), String.valueOf(e.getMessage())));
        } finally {
            limit.end();
        }
    }

    private static MutableHttpResponse<?> refuse(int status, String sentence) {
        return HttpResponse.status(HttpStatus.valueOf(status))
                .contentType(MediaType.TEXT_PLAIN_TYPE)
                .body(sentence + (sentence.endsWith(".") ? "\n" : ".\n"));
    }
}
