package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.agent.config.GatewayConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The rules that are shipped for EMQX, decided as EMQX decides: the first rule that fits counts, placeholders are put in before a
 * topic is split into words, and a filter that is subscribed to is compared as a name would be (emqx_authz_rule.erl and
 * emqx_topic.erl of EMQX 5.8).
 */
class EmqxRulesTest {
    private static final Path RULES =
            Path.of(System.getProperty("picket.root")).resolve("packaging/broker/emqx-acl.conf");
    private static final String GATEWAY = "plant/press-4";
    private static final String PUBLISH = "publish";
    private static final String SUBSCRIBE = "subscribe";
    private static final List<String> EVENTS =
            List.of("verdict/line", "escalation/line", "dropped", "status", "report");

    private final List<Rule> rules = Rule.read(RULES);

    EmqxRulesTest() throws IOException {}

    @Test
    void aGatewayWritesUnderItsOwnRootAndAnswersAndNothingElse() {
        List<String> own =
                EVENTS.stream().map(each -> "picket/v1/" + GATEWAY + "/" + each).toList();
        assertThat(allowed(GATEWAY, PUBLISH))
                .containsExactlyInAnyOrderElementsOf(Stream.concat(own.stream(), Stream.of("picket/v1/console/reply/7"))
                        .toList());
    }

    @Test
    void aGatewayHearsWhatIsMeantForItAndItsSite() {
        Topics topics = new Topics(new GatewayConfig("plant", "press-4"));
        List<String> needed = Stream.concat(
                        topics.commandFilters().stream(),
                        Stream.of(topics.rolloutFilter(), topics.status(), Topics.CONSOLE_STATUS))
                .toList();
        assertThat(needed)
                .allSatisfy(
                        filter -> assertThat(allows(GATEWAY, SUBSCRIBE, filter)).isTrue());
        assertThat(allowed(GATEWAY, SUBSCRIBE))
                .containsExactlyInAnyOrder(
                        "picket/v1/plant/press-4/command/ping",
                        "picket/v1/plant/all/command/ping",
                        "picket/v1/plant/rollout/7",
                        "picket/v1/plant/press-4/status",
                        "picket/v1/console/status");
        assertThat(Stream.of(
                        "#", "picket/#", "picket/v1/+/all/command/+", "picket/v1/+/rollout/+", "picket/v1/+/+/status"))
                .noneMatch(filter -> allows(GATEWAY, SUBSCRIBE, filter));
    }

    @Test
    void aConsoleOrdersAndReadsAndNobodyElseDoesEither() {
        assertThat(allowed("console", PUBLISH))
                .containsExactlyInAnyOrderElementsOf(all().filter(topic -> topic.matches(
                                "picket/v1/[^/]+/[^/]+/command/ping|.*/rollout/7|picket/v1/console/status"))
                        .toList());
        assertThat(allowed("console", SUBSCRIBE))
                .contains("picket/v1/console/reply/7", "picket/v1/plant/press-5/report");
        assertThat(allowed("reader", PUBLISH)).isEmpty();
        assertThat(allowed("reader", SUBSCRIBE))
                .contains("picket/v1/plant/press-4/verdict/line")
                .noneMatch(topic ->
                        topic.contains("/command/") || topic.contains("/reply/") || topic.contains("/rollout/"));
    }

    @Test
    void aNameThatWouldReachFurtherMayDoNothing() {
        for (String name : List.of(
                "",
                "plant",
                "plant/press/4",
                "plant/+",
                "+/+",
                "#/press",
                "plant/all",
                "console/press",
                "plant/",
                "/press")) {
            assertThat(allowed(name, PUBLISH)).as(name).isEmpty();
            assertThat(allowed(name, SUBSCRIBE)).as(name).isEmpty();
        }
    }

    private List<String> allowed(String user, String action) {
        return all().filter(topic -> allows(user, action, topic)).toList();
    }

    private boolean allows(String user, String action, String topic) {
        return rules.stream()
                .filter(rule -> rule.fits(user, action, topic))
                .findFirst()
                .map(rule -> rule.permission.equals("allow"))
                .orElse(false);
    }

    /** Topics of three gateways at two sites, of the sites themselves and of consoles. */
    private static Stream<String> all() {
        List<String> topics =
                new ArrayList<>(List.of("elsewhere", "picket/v1/console/status", "picket/v1/console/reply/7"));
        for (String site : List.of("plant", "elsewhere")) {
            topics.add("picket/v1/" + site + "/rollout/7");
            for (String gateway : List.of("press-4", "press-5", "all")) {
                EVENTS.forEach(event -> topics.add("picket/v1/" + site + "/" + gateway + "/" + event));
                topics.add("picket/v1/" + site + "/" + gateway + "/command/ping");
            }
        }
        return topics.stream();
    }

    private record Rule(String permission, String who, String action, List<String> filters) {
        private static final Pattern TERM = Pattern.compile(
                "\\{(allow|deny), (all|\\{username, .*?\\}), (publish|subscribe|all),\\s*\\[(.*?)\\]\\}\\.",
                Pattern.DOTALL);
        private static final Pattern QUOTED = Pattern.compile("\"([^\"]*)\"");

        static List<Rule> read(Path file) throws IOException {
            String text = Files.readAllLines(file).stream()
                    .filter(line -> !line.startsWith("%%"))
                    .collect(Collectors.joining("\n"));
            assertThat(TERM.matcher(text).replaceAll("")).as("what is no rule").isBlank();
            return TERM.matcher(text)
                    .results()
                    .map(term -> new Rule(term.group(1), term.group(2), term.group(3), quoted(term.group(4))))
                    .toList();
        }

        private static List<String> quoted(String text) {
            return QUOTED.matcher(text).results().map(each -> each.group(1)).toList();
        }

        boolean fits(String user, String asked, String topic) {
            return (action.equals("all") || action.equals(asked))
                    && isOf(user)
                    && filters.stream().anyMatch(filter -> matches(topic, filled(filter, user)));
        }

        private boolean isOf(String user) {
            if (who.equals("all")) {
                return true;
            }
            String name = quoted(who).getFirst();
            return who.startsWith("{username, {re, ")
                    ? Pattern.compile(name.replace("\\\\", "\\")).matcher(user).find()
                    : name.equals(user);
        }

        private static String filled(String filter, String user) {
            return Pattern.compile("\\$\\{(.*?)}")
                    .matcher(filter)
                    .replaceAll((MatchResult variable) -> switch (variable.group(1)) {
                        case "username" -> user;
                        case "client_attrs.site" -> user.split("/", -1)[0];
                        default -> throw new AssertionError("EMQX knows no " + variable.group());
                    });
        }

        private static boolean matches(String topic, String filter) {
            String[] words = topic.split("/", -1);
            String[] pattern = filter.split("/", -1);
            for (int i = 0; i < pattern.length; i++) {
                if (pattern[i].equals("#")) {
                    return true;
                }
                if (i == words.length || (!pattern[i].equals("+") && !pattern[i].equals(words[i]))) {
                    return false;
                }
            }
            return words.length == pattern.length;
        }
    }
}
