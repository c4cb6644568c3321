package dev.picket.sensors;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamSourceTest {
    @Test
    void everyLineIsAReadingAndTheSourceEndsWithTheStream() throws Exception {
        assertThat(read(new ByteArrayInputStream("one\r\n\nlast".getBytes(StandardCharsets.UTF_8))))
                .containsExactly("r7:1=one", "r7:2=", "r7:3=last");
    }

    @Test
    void aStreamThatBreaksOffEndsTheSourceWithItsTrouble() throws Exception {
        InputStream broken = new InputStream() {
            @Override
            public int read() throws IOException {
                throw new IOException("pipe gone");
            }

            @Override
            public int read(byte[] into, int offset, int length) throws IOException {
                throw new IOException("pipe gone");
            }
        };
        StreamSource source = new StreamSource("stdin", "r7", broken, 100, Clock.systemUTC());
        source.run((_, _) -> {});
        assertThat(source.trouble()).contains("pipe gone", "'stdin'");
    }

    private static List<String> read(InputStream in) throws InterruptedException {
        List<String> taken = new ArrayList<>();
        new StreamSource("stdin", "r7", in, 100, Clock.systemUTC())
                .run((reading, after) -> taken.add(after + "=" + reading.text()));
        return taken;
    }
}
