package dev.picket.ota.release;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.picket.ota.RejectedException;
import dev.picket.ota.json.StrictJson;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class UsbIndexTest {
    @Test
    void anIndexNamesASetAndNothingElse() throws Exception {
        byte[] bytes = StrictJson.pretty(new UsbIndex("sets/factory/4.json").toJson());
        assertThat(UsbIndex.parse(bytes).set()).isEqualTo("sets/factory/4.json");
        for (String bad : List.of("sets/../4.json", "/etc/passwd", "factory/4", "sets/factory/0x4.json", "")) {
            byte[] wrong = "{\"format\":1,\"set\":\"%s\"}".formatted(bad).getBytes(StandardCharsets.UTF_8);
            assertThatThrownBy(() -> UsbIndex.parse(wrong)).isInstanceOf(RejectedException.class);
        }
    }
}
