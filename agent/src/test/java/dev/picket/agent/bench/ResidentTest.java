package dev.picket.agent.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ResidentTest {
    @Test
    void thePartsOfThisProcessMakeUpAllOfIt() throws Exception {
        Map<Resident.Part, Double> parts = Resident.of(ProcessHandle.current().pid());
        double all = parts.getOrDefault(Resident.Part.ALL, 0.0);
        parts.remove(Resident.Part.ALL);
        assertThat(parts.values().stream().mapToDouble(Double::doubleValue).sum())
                .isCloseTo(all, withinAHundredth(all));
        assertThat(parts.get(Resident.Part.LIBRARIES)).as("libjvm.so").isGreaterThan(5);
    }

    @Test
    void eachMappingBelongsToThePartThatItsPlaceOrItsFileSays() {
        assertThat(Resident.part(0xfa000000L, "")).isEqualTo(Resident.Part.HEAP);
        assertThat(Resident.part(0x800000000L, "/var/cache/picket/picket.aot")).isEqualTo(Resident.Part.CLASSES);
        assertThat(Resident.part(0x804000000L, "")).isEqualTo(Resident.Part.CLASSES);
        assertThat(Resident.part(0x7f0000000000L, "/usr/lib/picket/native/libonnxruntime.so"))
                .isEqualTo(Resident.Part.LIBRARIES);
        assertThat(Resident.part(0x7f0000000000L, "/usr/lib/picket/runtime/lib/modules"))
                .isEqualTo(Resident.Part.FILES);
        assertThat(Resident.part(0x7f0000000000L, "")).isEqualTo(Resident.Part.NATIVE);
        assertThat(Resident.part(0x7f0000000000L, "[stack]")).isEqualTo(Resident.Part.NATIVE);
    }

    private static org.assertj.core.data.Offset<Double> withinAHundredth(double all) {
        return org.assertj.core.data.Offset.offset(all / 100);
    }
}
