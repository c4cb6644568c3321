package dev.picket.agent.http;

import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import org.jspecify.annotations.Nullable;

/** How the API says no: a status, and one sentence as plain text. */
final class PlainRefusal {
    private PlainRefusal() {}

    static MutableHttpResponse<String> of(HttpStatus status, @Nullable String sentence) {
        String said = sentence == null || sentence.isBlank() ? status.getReason() : sentence.strip();
        return HttpResponse.<String>status(status)
                .contentType(MediaType.TEXT_PLAIN_TYPE)
                .body(said.endsWith(".") ? said + "\n" : said + ".\n");
    }
}
