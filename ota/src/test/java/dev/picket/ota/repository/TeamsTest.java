package dev.picket.ota.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.RejectedException;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a team may be called and given, and how much of it. */
class TeamsTest {
    private static final String PATH = "releases/task/a/*.json";

    private final Teams teams = Teams.none();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "picket/*",
                "picket/command-keys.json",
                "sets/*/*.json",
                "channels/*.json",
                "*/*/*/*.json",
                "releases/*/emea/*.json",
                "releases/set/emea/*.json",
                "releases/task/*",
                "releases/task/emea/*",
                "releases/task/../*.json",
                "releases/task/emea/x/*.json",
                "releases/task//*.json",
                "releases/task/EMEA/*.json",
                "releases/task/emea/*.json\n",
                ""
            })
    void onlyReleasesCanBeATeams(String path) {
        assertThatThrownBy(() -> teams.put("emea", 1, List.of(path)))
                .isInstanceOf(RejectedException.class)
                .hasMessageStartingWith("A team cannot have '" + path + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"releases/task/emea-*/*.json", "releases/base/e?/*.json", "releases/task/*/1.json"})
    void patternsWithinANameAreFine(String path) {
        assertThatCode(() -> teams.put("emea", 1, List.of(path))).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "targets", "root", "snapshot", "timestamp", "1.root", "../x", "Emea", "a b", "-a"})
    void aNameThatIsNoPlainOneOrARolesIsRefused(String name) {
        assertThatThrownBy(() -> teams.put(name, 1, List.of(PATH)))
                .hasMessageStartingWith("No team can be called '" + name + "'");
    }

    @Test
    void namesPatternsTeamsAndKeysHaveTheirLimits() throws Exception {
        assertThatThrownBy(() -> Teams.none().put("a".repeat(33), 1, List.of(PATH)))
                .hasMessageContaining("1 to 32");
        Teams.none().put("a".repeat(32), 1, Collections.nCopies(Teams.MOST_PATHS, PATH));
        assertThatThrownBy(() -> Teams.none().put("a", 1, Collections.nCopies(Teams.MOST_PATHS + 1, PATH)))
                .hasMessage("The team a would have 17 patterns of paths: give it 1 to 16.");
        assertThatThrownBy(() -> Teams.none().put("a", 1, List.of())).hasMessageContaining("give it 1 to 16");
        Teams.none().put("a", 1, List.of("releases/task/" + "a".repeat(64) + "/*.json"));
        assertThatThrownBy(() -> Teams.none().put("a", 1, List.of("releases/task/" + "a".repeat(65) + "/*.json")))
                .hasMessageStartingWith("A team cannot have");

        for (int n = 0; n < Teams.MOST; n++) {
            teams.put("team-" + n, 1, List.of(PATH));
        }
        assertThatThrownBy(() -> teams.put("one-more", 1, List.of(PATH)))
                .hasMessage("There would be 33 teams, and there may be 32: remove one first.");

        Teams one = Teams.none();
        one.put("a", 1, List.of(PATH));
        for (int n = 0; n <= Teams.MOST_KEYS; n++) {
            one.add("a", SigningKey.generate().publicKey());
        }
        assertThatThrownBy(one::check).hasMessage("The team a would have 17 keys, and may have 16.");
    }

    @Test
    void whatIsTakenAwayLeavesNoKeyBehind() throws Exception {
        teams.put("a", 1, List.of(PATH));
        teams.add("a", SigningKey.generate().publicKey());
        teams.remove("a");

        assertThat(teams.roles()).isEmpty();
        assertThat(teams.keys()).isEmpty();
    }
}
