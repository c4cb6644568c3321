package dev.picket.ota.tuf;

import dev.picket.ota.Reason;
import dev.picket.ota.RejectedException;
import dev.picket.ota.UnavailableException;
import dev.picket.ota.fetch.Fetcher;
import dev.picket.ota.fetch.Retry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** The targets that one refresh made trusted: found by path, downloaded, verified. */
public final class TrustedTargets {
    /** RFC 3986, section 3.3: pchar, and the slash between segments. */
    private static final String PLAIN =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/";

    private static final HexFormat UPPER_HEX = HexFormat.of().withUpperCase();

    private final TrustedMetadata trusted;
    private final Refresh refresh;
    private final Fetcher fetcher;
    private final TufLimits limits;
    private final Retry retry;

    TrustedTargets(TrustedMetadata trusted, Refresh refresh, Fetcher fetcher, TufLimits limits, Retry retry) {
        this.trusted = trusted;
        this.refresh = refresh;
        this.fetcher = fetcher;
        this.limits = limits;
        this.retry = retry;
    }

    /** The floor of clocks after this refresh: the later one of what it began with and what the publisher signed now. */
    public SignedTime signedTime() {
        return trusted.signedTime();
    }

    /**
     * Steps 5.6.7 and 5.7.1: searches the roles in preorder, and stops at the first that lists the path.
     *
     * @return empty when no role that is trusted for the path lists it
     */
    public Optional<TargetFile> find(String path) throws RejectedException, UnavailableException, InterruptedException {
        refresh.beginSearch();
        Deque<Visit> toVisit = new ArrayDeque<>();
        toVisit.push(new Visit("targets", "targets"));
        Set<String> visited = new HashSet<>();
        while (!toVisit.isEmpty() && visited.size() <= limits.delegations()) {
            Visit visit = toVisit.pop();
            if (!visited.add(visit.role())) {
                continue;
            }
            Role.Targets role = load(visit);
            TargetFile found = role.targets().get(path);
            if (found != null) {
                return Optional.of(found);
            }
            List<Role.Delegation> next = role.covering(path);
            if (!next.isEmpty() && next.getLast().terminating()) {
                toVisit.clear();
            }
            for (Role.Delegation each : next.reversed()) {
                toVisit.push(new Visit(each.name(), visit.role()));
            }
        }
        return Optional.empty();
    }

    /** A target that the top-level role lists itself: what no delegation may say. */
    public Optional<TargetFile> findAtTop(String path)
            throws RejectedException, UnavailableException, InterruptedException {
        return Optional.ofNullable(
                load(new Visit("targets", "targets")).targets().get(path));
    }

    /** The top-level role, {@code targets}, or one that it delegates to: for who reads a repository whole. */
    public Role.Targets role(String name) throws RejectedException, UnavailableException, InterruptedException {
        return load(new Visit(name, "targets"));
    }

    /**
     * Step 5.7.3: downloads a target that {@link #find} gave.
     *
     * @param maxBytes the most it may have
     * @throws RejectedException TOO_LARGE, MISSING, or TAMPERED when length or hash differ from what is signed
     */
    public byte[] download(TargetFile target, int maxBytes)
            throws RejectedException, UnavailableException, InterruptedException {
        long length = target.info().length().orElseThrow();
        if (length > maxBytes) {
            throw new RejectedException(
                    Reason.TOO_LARGE, target.path() + " has " + length + " bytes and may have " + maxBytes + ".");
        }
        if (!target.info().hasKnownHash()) {
            throw new RejectedException(Reason.MALFORMED, target.path() + " has neither a SHA-256 nor a SHA-512.");
        }
        int name = target.path().lastIndexOf('/') + 1;
        try {
            try {
                return fetch(target, name);
            } catch (RejectedException e) {
                // tuftool writes the hash before the whole path; the bytes are held against it either way.
                if (e.reason() != Reason.MISSING || name == 0 || !trusted.root().consistentSnapshot()) {
                    throw e;
                }
                return fetch(target, 0);
            }
        } catch (IOException e) {
            throw new UnavailableException("Could not fetch " + target.path() + ": " + e.getMessage() + ".", e);
        }
    }

    private Role.Targets load(Visit visit) throws RejectedException, UnavailableException, InterruptedException {
        Role.Targets known = visit.role().equals("targets") ? trusted.targets("targets") : null;
        if (known != null) {
            return known;
        }
        try {
            return refresh.targets(visit.role(), visit.delegator());
        } catch (IOException e) {
            throw new UnavailableException("Could not keep " + visit.role() + ".json: " + e.getMessage() + ".", e);
        }
    }

    private byte[] fetch(TargetFile target, int hashAt)
            throws RejectedException, UnavailableException, IOException, InterruptedException {
        String address = address(target, hashAt);
        int length = (int) target.info().length().orElseThrow();
        return retry.call(() ->
                fetcher.bytes(address, length, bytes -> target.info().check(target.path(), bytes)));
    }

    private String address(TargetFile target, int hashAt) throws RejectedException {
        String path = target.path();
        String prefix = trusted.root().consistentSnapshot() ? hash(target.info().hashes()) + "." : "";
        String served = path.substring(0, hashAt) + prefix + path.substring(hashAt);
        if (Stream.of(served.split("/", -1)).anyMatch(each -> each.equals(".") || each.equals(".."))) {
            throw new RejectedException(Reason.MALFORMED, path + " climbs, and is fetched from nowhere.");
        }
        return "targets/" + encoded(served);
    }

    /** Percent-encodes what an address's path must not hold as it is, and no more: some servers take names literally. */
    private static String encoded(String path) {
        StringBuilder encoded = new StringBuilder();
        for (byte each : path.getBytes(StandardCharsets.UTF_8)) {
            char c = (char) (each & 0xff);
            if (PLAIN.indexOf(c) >= 0) {
                encoded.append(c);
            } else {
                encoded.append('%').append(UPPER_HEX.toHexDigits(each));
            }
        }
        return encoded.toString();
    }

    private static String hash(Map<String, String> hashes) {
        String sha256 = hashes.get("sha256");
        return sha256 != null ? sha256 : hashes.getOrDefault("sha512", "");
    }

    private record Visit(String role, String delegator) {}
}
