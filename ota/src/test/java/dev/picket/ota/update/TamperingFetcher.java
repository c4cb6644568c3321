package dev.picket.ota.update;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.Fetcher;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** An attacker between gateway and repository: alters, withholds, or never ends a file whose path ends so. */
final class TamperingFetcher implements Fetcher {
    private static final int CHUNK = 4096;

    final List<String> asked = new ArrayList<>();
    long endlessBytes;
    private final Fetcher real;
    private final Map<String, UnaryOperator<byte[]>> altered = new HashMap<>();
    private final List<String> endless = new ArrayList<>();
    private final List<String> withheld = new ArrayList<>();

    TamperingFetcher(Fetcher real) {
        this.real = real;
    }

    void alter(String pathEnd, UnaryOperator<byte[]> how) {
        altered.put(pathEnd, how);
    }

    void neverEnd(String pathEnd) {
        endless.add(pathEnd);
    }

    void withhold(String pathEnd) {
        withheld.add(pathEnd);
    }

    @Override
    public void fetch(String path, long from, long maxBytes, Body body)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        asked.add(path);
        if (withheld.stream().anyMatch(path::endsWith)) {
            throw new UnavailableException("Withheld.");
        }
        if (endless.stream().anyMatch(path::endsWith)) {
            pour(path, maxBytes, body);
        }
        Optional<UnaryOperator<byte[]>> how = altered.entrySet().stream()
                .filter(each -> path.endsWith(each.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
        if (how.isEmpty()) {
            real.fetch(path, from, maxBytes, body);
            return;
        }
        byte[] bytes = how.get().apply(real.bytes(path, 1 << 20));
        body.begin(0);
        body.take(bytes, bytes.length);
    }

    /** As a real fetcher must: never hands on more than the limit. */
    private void pour(String path, long maxBytes, Body body) throws RejectedException, IOException {
        body.begin(0);
        for (endlessBytes = CHUNK; endlessBytes <= maxBytes; endlessBytes += CHUNK) {
            body.take(new byte[CHUNK], CHUNK);
        }
        throw new RejectedException(Reason.TOO_LARGE, path + " never ends.");
    }
}
