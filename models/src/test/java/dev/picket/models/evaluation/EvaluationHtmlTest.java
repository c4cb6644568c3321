package dev.picket.models.evaluation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.Priority;
import dev.picket.inference.codec.Scoring;
import dev.picket.inference.codec.TaskManifest;
import java.io.StringReader;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

class EvaluationHtmlTest {
    private static final String HOSTILE = "</title></style><script>alert('1')</script>\"&\u0007";

    @Test
    void whateverRowsAndFoldersSayIsTextOnThePage() throws Exception {
        String page = EvaluationHtml.of(hostile());
        Document parsed = parsed(page);
        assertThat(parsed.getElementsByTagName("script").getLength()).isZero();
        assertThat(parsed.getElementsByTagName("h1").item(0).getTextContent()).contains("made");
        assertThat(parsed.getDocumentElement().getTextContent()).contains("<script>alert('1')</script>\"&");
    }

    @Test
    void thePageNeedsNothingFromElsewhere() {
        String page = EvaluationHtml.of(hostile()).toLowerCase(Locale.ROOT);
        assertThat(page)
                .contains("default-src 'none'")
                .doesNotContain("http:", "https:", "src=", "href=", "@import", "url(", "<script");
    }

    @Test
    void thePageShowsEveryPlot() throws Exception {
        Document page = parsed(EvaluationHtml.of(hostile()));
        List<String> drawn = Stream.iterate(0, i -> i + 1)
                .limit(page.getElementsByTagName("svg").getLength())
                .map(i -> page.getElementsByTagName("svg")
                        .item(i)
                        .getAttributes()
                        .getNamedItem("aria-label")
                        .getNodeValue())
                .toList();
        assertThat(drawn).hasSize(7);
        for (String plot : List.of("Error rate of the surest", "Reliability diagram", "Confusion", "Accuracy by")) {
            assertThat(drawn).anyMatch(each -> each.startsWith(plot));
        }
    }

    @Test
    void theColoursFollowTheReadersSystem() {
        assertThat(EvaluationHtml.of(hostile())).contains("prefers-color-scheme:dark", "color-scheme:light dark");
    }

    private static Evaluation hostile() {
        Answers answers = MadeAnswers.random(3, 60, 0.7, HOSTILE, "b", "never");
        Bootstrap.Result result = new Bootstrap(1, 50).of(List.of(answers, answers));
        TaskManifest task = new TaskManifest(
                "made",
                "1",
                "0".repeat(64),
                List.of(new TaskManifest.Label(HOSTILE, Priority.ROUTINE, false)),
                new Scoring.Head(),
                new TaskManifest.Prompt("", "", 2),
                new TaskManifest.Calibration(1, List.of(0.0), "", 0, "", ""),
                new TaskManifest.DecisionRule(null, Map.of()),
                null,
                new TaskManifest.ExamGates(0, 0, 0, 0),
                0,
                List.of());
        List<Evaluation.Candidate> candidates = result.figures().stream()
                .map(each -> new Evaluation.Candidate(HOSTILE, task, "1", "2", answers, each))
                .toList();
        return new Evaluation(
                HOSTILE,
                60,
                1,
                50,
                List.of(HOSTILE, "b", "never"),
                List.of(20, 20, 20),
                candidates,
                result.differences(),
                new Evaluation.Split(HOSTILE, List.of(new Evaluation.Group(HOSTILE, 60, result.figures()))),
                List.of(new Evaluation.Overlap(
                        HOSTILE,
                        2,
                        9,
                        false,
                        List.of(new Evaluation.Example(1, HOSTILE, 2, 0.9)),
                        List.of(Figures.of(answers)))));
    }

    private static Document parsed(String page) throws Exception {
        DocumentBuilder builder = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder();
        return builder.parse(new InputSource(new StringReader(page)));
    }
}
