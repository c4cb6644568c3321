package dev.picket.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.picket.agent.ReleaseShop;
import dev.picket.agent.RunningAgent;
import dev.picket.agent.read.Until;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page as a person uses it. */
class PageInBrowserTest {
    @TempDir
    Path folder;

    @Test
    void aTextTypedInIsClassifiedForWhoeverHasTheToken() throws Exception {
        assumeTrue(
                Browser.program().isPresent(),
                "chromium is not installed (apt install chromium), so the page is not tried");
        ReleaseShop shop = new ReleaseShop(folder.resolve("shop"));
        shop.publish("1.0.0");
        String cache = "inference: { cache: { entries: 100 } }";
        try (RunningAgent agent = RunningAgent.start(
                        folder, cache, RunningAgent.updates(shop.served().toUri(), shop.root()));
                Browser browser = Browser.open(folder.resolve("profile"), agent.page())) {
            Until.holds("a Set serves", () -> agent.agent().serving().label().isPresent());
            Until.holds(
                    "the page offers the task",
                    () -> browser.evaluate("document.getElementById('ask-task').value")
                            .asText()
                            .equals("fraud"));
            assertThat(answer(browser, "Lunch is at noon", "wrong"))
                    .isEqualTo("Refused: this request needs the token;"
                            + " read it from the runtime directory's file 'token'.");
            String token = Files.readString(agent.runtime().resolve("token"));
            assertThat(answer(browser, "Lunch is at noon in the canteen", token))
                    .startsWith("ham ")
                    .contains("ACCEPT · main stage · not cached · ");
            assertThat(answer(browser, "<b>Lunch</b> is at noon", token)).startsWith("ham ");
            agent.append("Lunch is at noon in the canteen");
            agent.awaitRows(1);
            assertThat(answer(browser, "Lunch is at noon in the canteen", token))
                    .contains("main stage · cached");
            assertThat(agent.rows()).hasSize(1);
        }
    }

    private static String answer(Browser browser, String text, String token) throws Exception {
        browser.evaluate("""
                document.getElementById('ask-answer').textContent = '';
                document.getElementById('ask-text').value = '%s';
                document.getElementById('ask-token').value = '%s';
                document.getElementById('ask-button').click();
                """.formatted(text, token));
        String[] said = {""};
        Until.holds("the page shows an answer", () -> {
            said[0] = browser.evaluate("document.getElementById('ask-answer').textContent")
                    .asText();
            return !said[0].isEmpty() && !said[0].equals("asking …");
        });
        return said[0].strip();
    }
}
