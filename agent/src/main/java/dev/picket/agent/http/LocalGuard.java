package dev.picket.agent.http;

import dev.picket.agent.config.HttpConfig;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpMethod;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Keeps web pages of others out. A browser on this machine can be made to send requests here by any site it shows: one
 * that resolves its own name to loopback has a foreign Host, one that posts across origins a foreign Origin. What would
 * change something also needs the token, which only members of the group can read.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class LocalGuard implements Ordered {
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

    private final Set<String> names = new HashSet<>(LOOPBACK);
    private final Token token;

    LocalGuard(HttpConfig config, Token token) {
        names.add(config.host());
        names.addAll(config.names());
        this.token = token;
    }

    /** Before the framework's own guard, which says nothing when it refuses. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @RequestFilter
    @Nullable
    HttpResponse<?> check(HttpRequest<?> request) {
        String asked = request.getHeaders().get("Host");
        if (asked == null || !isOurs(asked)) {
            return refuse("the Host header names another machine; use localhost");
        }
        String origin = request.getHeaders().get("Origin");
        if (origin != null && !isOurs(authority(origin))) {
            return refuse("the request comes from a page of another site");
        }
        if (needsToken(request) && !carriesToken(request)) {
            return refuse("this request needs the token; read it from the runtime directory's file 'token'");
        }
        return null;
    }

    /** What changes something, and what gives rows away with their texts. */
    private static boolean needsToken(HttpRequest<?> request) {
        return !request.getMethod().equals(HttpMethod.GET) || request.getPath().startsWith("/api/rows");
    }

    @ResponseFilter
    void harden(MutableHttpResponse<?> response) {
        response.header("Content-Security-Policy", "default-src 'self'; img-src data:; frame-ancestors 'none'");
        response.header("X-Content-Type-Options", "nosniff");
        response.header("Referrer-Policy", "no-referrer");
    }

    private boolean carriesToken(HttpRequest<?> request) {
        String given = request.getHeaders().get("Authorization");
        byte[] expected = ("Bearer " + token.value()).getBytes(StandardCharsets.UTF_8);
        return given != null && MessageDigest.isEqual(expected, given.getBytes(StandardCharsets.UTF_8));
    }

    private boolean isOurs(String authority) {
        String name = authority.replaceFirst(":\\d{1,5}$", "");
        return names.contains(name) || names.contains(name.replaceAll("^\\[|\\]$", ""));
    }

    private static String authority(String origin) {
        try {
            String authority = URI.create(origin).getAuthority();
            return authority == null ? "" : authority;
        } catch (IllegalArgumentException e) {
            return "";
        }
    }

    private static HttpResponse<?> refuse(String sentence) {
        return PlainRefusal.of(HttpStatus.FORBIDDEN, "Refused: " + sentence);
    }
}
