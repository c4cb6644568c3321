package dev.picket.agent.console;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.picket.agent.uplink.BrokerUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One request and its replies. A reply 202 names a job; its progress stands in the gateway's retained report, and a second
 * reply ends it.
 *
 * <pre>
 *   SENT --202--> FOLLOWED --any other reply--> ANSWERED
 *     '------------any other reply------------------^
 * </pre>
 *
 * After a break of the connection the very same request is sent again. That is safe: to a gateway the same Response Topic
 * and Correlation Data are the same command, which runs once and is answered with the same reply.
 */
public final class Exchange {
    private static final Duration LOOK = Duration.ofMillis(200);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Hears what happens meanwhile. */
    public interface Listener {
        void replied(Replied reply);

        /** @param sentence what the gateway says of the job now */
        void progress(String gateway, String job, String sentence);

        /** The connection broke, or is back. */
        void broke(String sentence);
    }

    /**
     * @param reply until the first reply, and until the last one of all gateways of a site
     * @param job from a 202 to its end
     */
    public record Patience(Duration reply, Duration job) {}

    /**
     * What came of it.
     *
     * @param replies the last reply of each gateway
     * @param openJobs those whose end did not come in time, by id with the gateway
     */
    public record Result(List<Replied> replies, Map<String, String> openJobs) {}

    private final ConsoleLink link;
    private final Target target;
    private final Order order;
    private final Patience patience;
    private final Listener listener;
    private final List<Replied> heard = new ArrayList<>();
    private final Map<String, Replied> ended = new TreeMap<>();
    private final Map<String, String> gatewayByJob = new TreeMap<>();
    private final Map<String, String> progressByJob = new TreeMap<>();
    private long until;
    private boolean following;

    public Exchange(ConsoleLink link, Target target, Order order, Patience patience, Listener listener) {
        this.link = link;
        this.target = target;
        this.order = order;
        this.patience = patience;
        this.listener = listener;
    }

    /** @throws BrokerUnavailableException when there was no connection for all of the patience */
    public Result run() throws BrokerUnavailableException, InterruptedException {
        until = System.nanoTime() + patience.reply().toNanos();
        link.subscribe(List.of(order.responseTopic()));
        boolean sent = false;
        while (!isOver()) {
            try {
                if (!sent) {
                    link.publish(order);
                    sent = true;
                }
                take(link.next(LOOK));
            } catch (BrokerUnavailableException e) {
                listener.broke(Objects.toString(e.getMessage(), "") + "; trying again");
                link.reopen(Duration.ofNanos(until - System.nanoTime()));
                sent = false;
            }
        }
        return new Result(List.copyOf(ended.values()), Map.copyOf(gatewayByJob));
    }

    /** One gateway is done with its answer; of a site nobody knows how many will answer. */
    private boolean isOver() {
        boolean answered = target.gateway() != null && !ended.isEmpty();
        return answered || System.nanoTime() >= until;
    }

    private void take(@Nullable Heard message) throws BrokerUnavailableException {
        if (message == null) {
            return;
        }
        if (!message.topic().equals(order.responseTopic())) {
            progress(message);
        } else if (Arrays.equals(message.correlation(), order.correlation())) {
            reply(new Replied(gateway(message), status(message), message.payload()));
        }
    }

    private void reply(Replied reply) throws BrokerUnavailableException {
        if (heard.stream().anyMatch(reply::sameAs)) {
            return;
        }
        heard.add(reply);
        listener.replied(reply);
        if (!reply.isAccepted()) {
            ended.put(reply.gateway(), reply);
            gatewayByJob.values().removeIf(reply.gateway()::equals);
            return;
        }
        gatewayByJob.put(reply.body().path("job").asText(), reply.gateway());
        until = Math.max(until, System.nanoTime() + patience.job().toNanos());
        if (!following) {
            following = true;
            link.subscribe(List.of(target.reportFilter()));
        }
    }

    private void progress(Heard report) {
        JsonNode jobs;
        try {
            jobs = JSON.readTree(report.payload()).path("jobs");
        } catch (IOException e) {
            // Not a report of ours; the reply tells the end in any case.
            return;
        }
        for (JsonNode job : jobs) {
            String id = job.path("id").asText();
            String said =
                    job.path("state").asText() + ": " + job.path("progress").asText();
            String gateway = gatewayByJob.get(id);
            if (gateway != null && !said.equals(progressByJob.put(id, said))) {
                listener.progress(gateway, id, said);
            }
        }
    }

    private String gateway(Heard message) {
        String said = message.properties().get("gateway");
        return said == null ? target.audience() : said.contains("/") ? said : target.site() + "/" + said;
    }

    private static int status(Heard message) {
        String status = message.properties().getOrDefault("status", "");
        return status.matches("[1-5][0-9]{2}") ? Integer.parseInt(status) : 0;
    }
}
