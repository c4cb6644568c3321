package dev.picket.sensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LinesTest {
    @Test
    void bothLineEndsAreLeftOutAndBlankLinesStay() {
        assertThat(texts(100, "a\r\nb\n\n \r\nc")).containsExactly("a", "b", "", " ", "c");
    }

    @Test
    void aLineOfExactlyTheLimitIsWholeAndOneLongerIsCutAndMarked() {
        assertThat(lines(4, "abcd\r\nabcde\nx\n"))
                .extracting(line -> line.text() + " " + line.cut())
                .containsExactly("abcd false", "abcd true", "x false");
    }

    @Test
    void aCutNeverHalvesACharacter() {
        assertThat(lines(5, "abcé€\nab😀xyz\n"))
                .extracting(line -> line.text() + line.malformed())
                .containsExactly("abcéfalse", "abfalse");
    }

    @Test
    void aMegabyteOnOneLineIsHeldOnlyUpToTheLimit() {
        List<Lines.Line> lines = lines(8192, "x".repeat(1 << 20) + "\nnext\n");
        assertThat(lines.getFirst().text()).hasSize(8192);
        assertThat(lines.getFirst().bytes()).isEqualTo((1 << 20) + 1);
        assertThat(lines.getLast().text()).isEqualTo("next");
    }

    @Test
    void faultyBytesBecomeReplacementCharactersAndAreTold() {
        byte[] faulty = {'a', (byte) 0xff, 'b', (byte) 0xc3, '\n'};
        assertThat(all(new Lines(100), faulty, 100)).containsExactly(new Lines.Line("a\ufffdb\ufffd", false, true, 5));
    }

    @Property(tries = 500)
    void linesDoNotDependOnHowTheBytesArrive(
            @ForAll @Size(max = 60) List<@IntRange(min = 0, max = 7) Integer> symbols,
            @ForAll @IntRange(min = 1, max = 7) int chunk) {
        byte[] alphabet = {'a', 'b', '\n', '\r', (byte) 0xc3, (byte) 0xa9, (byte) 0xff, ' '};
        byte[] bytes = new byte[symbols.size()];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = alphabet[symbols.get(i)];
        }
        List<Lines.Line> pieces = all(new Lines(5), bytes, chunk);
        assertThat(pieces).isEqualTo(all(new Lines(5), bytes, 1_000));
        assertThat(pieces.stream().mapToLong(Lines.Line::bytes).sum()).isEqualTo(bytes.length);
    }

    private static List<String> texts(int limit, String text) {
        return lines(limit, text).stream().map(Lines.Line::text).toList();
    }

    private static List<Lines.Line> lines(int limit, String text) {
        return all(new Lines(limit), text.getBytes(StandardCharsets.UTF_8), 64 * 1024);
    }

    private static List<Lines.Line> all(Lines lines, byte[] bytes, int chunk) {
        List<Lines.Line> found = new ArrayList<>();
        for (int i = 0; i < bytes.length; i += chunk) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes, i, Math.min(chunk, bytes.length - i));
            for (Lines.Line line = lines.next(buffer); line != null; line = lines.next(buffer)) {
                found.add(line);
            }
        }
        Lines.Line rest = lines.rest();
        if (rest != null) {
            found.add(rest);
        }
        return found;
    }
}
