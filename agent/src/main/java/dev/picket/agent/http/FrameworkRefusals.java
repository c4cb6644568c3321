package dev.picket.agent.http;

import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.server.exceptions.response.Error;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.util.stream.Collectors;

/** What the framework refuses before a controller sees it, said as the API says everything else. */
@Singleton
final class FrameworkRefusals implements ErrorResponseProcessor<String> {
    @Override
    public MutableHttpResponse<String> processResponse(ErrorContext error, MutableHttpResponse<?> response) {
        String sentence = error.getErrors().stream().map(Error::getMessage).collect(Collectors.joining("; "));
        MutableHttpResponse<String> said = PlainRefusal.of(HttpStatus.valueOf(response.code()), sentence);
        response.getHeaders().forEachValue((name, value) -> {
            if (!name.equalsIgnoreCase("Content-Type") && !name.equalsIgnoreCase("Content-Length")) {
                said.header(name, value);
            }
        });
        return said;
    }
}
