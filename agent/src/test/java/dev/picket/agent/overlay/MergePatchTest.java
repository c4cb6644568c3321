package dev.picket.agent.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MergePatchTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** RFC 7396, appendix A, all of it. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'a':'b'}             | {'a':'c'}               | {'a':'c'}",
                "{'a':'b'}             | {'b':'c'}               | {'a':'b','b':'c'}",
                "{'a':'b'}             | {'a':null}              | {}",
                "{'a':'b','b':'c'}     | {'a':null}              | {'b':'c'}",
                "{'a':['b']}           | {'a':'c'}               | {'a':'c'}",
                "{'a':'c'}             | {'a':['b']}             | {'a':['b']}",
                "{'a':{'b':'c'}}       | {'a':{'b':'d','c':null}}| {'a':{'b':'d'}}",
                "{'a':[{'b':'c'}]}     | {'a':[1]}               | {'a':[1]}",
                "['a','b']             | ['c','d']               | ['c','d']",
                "{'a':'b'}             | ['c']                   | ['c']",
                "{'a':'foo'}           | null                    | null",
                "{'a':'foo'}           | 'bar'                   | 'bar'",
                "{'e':null}            | {'a':1}                 | {'e':null,'a':1}",
                "[1,2]                 | {'a':'b','c':null}      | {'a':'b'}",
                "{}                    | {'a':{'bb':{'ccc':null}}} | {'a':{'bb':{}}}"
            })
    void theTestVectorsOfTheRfcHold(String target, String patch, String result) throws IOException {
        assertThat(MergePatch.apply(json(target), json(patch))).isEqualTo(json(result));
    }

    @Test
    void neitherTargetNorPatchIsChanged() throws IOException {
        JsonNode target = json("{'a':{'b':1}}");
        JsonNode patch = json("{'a':{'b':null,'c':{'d':2}}}");
        JsonNode result = MergePatch.apply(target, patch);
        assertThat(result).isEqualTo(json("{'a':{'c':{'d':2}}}"));
        assertThat(target).isEqualTo(json("{'a':{'b':1}}"));
        assertThat(patch).isEqualTo(json("{'a':{'b':null,'c':{'d':2}}}"));
    }

    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text.replace('\'', '"'));
    }
}
