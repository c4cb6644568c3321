package dev.picket.agent.commands;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.agent.ReleaseShop;
import dev.picket.agent.RunningAgent;
import dev.picket.agent.read.Until;
import dev.picket.agent.update.UpdateLoop;
import dev.picket.ota.update.Step;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** install and rollback on the released model, one after the other on one gateway. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class SetCommandsTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir
    static Path folder;

    private final List<String> progress = new ArrayList<>();
    private ReleaseShop shop;
    private RunningAgent agent;
    private String first;
    private String second;
    private int orders;

    @BeforeAll
    void anAgentThatServesTheSecondSet() throws Exception {
        shop = new ReleaseShop(folder.resolve("shop"));
        first = shop.publish("1");
        agent = RunningAgent.start(
                folder,
                RunningAgent.updates(shop.served().toUri(), shop.root()).replace("probation: 100ms", "probation: 2s"));
        awaitProved(first);
        second = shop.publish("2");
        agent.pollNow();
        awaitProved(second);
    }

    @AfterAll
    void stop() {
        agent.close();
    }

    @Test
    @Order(1)
    void whatIsNoSetIsAFaultOfTheRequest() throws Exception {
        assertThat(order(new Install(updates()), "{}").status()).isEqualTo(400);
        assertThat(order(new Install(updates()), "{\"set\":\"../x\"}").status()).isEqualTo(400);
        assertThat(order(new Install(updates()), "{\"set\":\"factory/1\",\"force\":true}")
                        .status())
                .isEqualTo(400);
        assertThat(order(new Install(updates()), "{\"set\":\"factory/77\"}").status())
                .isEqualTo(422);
        assertThat(order(new Install(updates()), "{\"set\":\"" + first + "\"}").status())
                .isEqualTo(409);
        assertThat(serving()).isEqualTo(second);
    }

    @Test
    @Order(2)
    void aRollbackStaysThoughTheChannelNamesTheSetThatWasLeft() throws Exception {
        assertThat(order(new Rollback(updates()), "{\"from\":\"" + first + "\"}")
                        .status())
                .isEqualTo(409);
        Reply reply = order(new Rollback(updates()), "{}");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(body(reply).path("reason").asText()).isEqualTo("ordered");
        assertThat(serving()).isEqualTo(first);
        assertThat(order(new Install(updates()), "{\"set\":\"" + first + "\"}").status())
                .isEqualTo(200);
        assertThat(serving()).isEqualTo(first);
        assertThat(order(new Rollback(updates()), "{}").status()).isEqualTo(409);
    }

    @Test
    @Order(3)
    void anInstallTellsHowFarItIsAndEndsWithTheSet() throws Exception {
        Reply reply = order(new Install(updates()), "{\"set\":\"sets/" + second + ".json\"}");
        assertThat(reply.status()).as(body(reply).toString()).isEqualTo(200);
        assertThat(body(reply).path("set").asText()).isEqualTo(second);
        assertThat(serving()).isEqualTo(second);
        assertThat(progress).contains(second + ": probation");
    }

    @Test
    @Order(4)
    void aSetOnProbationIsTakenBackWithoutWaitingForItsEnd() throws Exception {
        String third = shop.publish("3");
        agent.pollNow();
        Until.holds(
                third + " is on probation",
                () -> serving().equals(third) && updates().status().step() == Step.PROBATION);
        Reply reply = order(new Rollback(updates()), "{\"from\":\"" + third + "\"}");
        assertThat(reply.status()).isEqualTo(200);
        assertThat(serving()).isEqualTo(second);
        assertThat(agent.agent().updates().status().last().orElseThrow().sentence())
                .contains("taken back by order");
    }

    private void awaitProved(String set) throws Exception {
        Until.holds(
                set + " serves, proved",
                () -> serving().equals(set)
                        && updates().status().proved()
                        && updates().status().step() == Step.IDLE);
    }

    private UpdateLoop updates() {
        return agent.agent().updates();
    }

    private String serving() {
        return agent.agent().updates().status().active().orElse("");
    }

    private static JsonNode body(Reply reply) throws Exception {
        return JSON.readTree(reply.payload());
    }

    /** Carries a command out as a job does. */
    private Reply order(CommandHandler handler, String params) throws Exception {
        orders++;
        Claims claims = new Claims("key", "plant/press-4", Instant.EPOCH, Instant.MAX, "order-" + orders);
        Request request = new Request(handler.verb(), (ObjectNode) JSON.readTree(params), new byte[0], claims);
        return switch (handler.answer(request)) {
            case Answer.Now(Reply reply) -> reply;
            case Answer.Later(String before, Work work, boolean _) -> {
                progress.add(before);
                work.begin();
                yield work.run(progress::add);
            }
        };
    }
}
