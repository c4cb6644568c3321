package dev.picket.agent.uplink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.picket.inference.engine.Providers;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProviderStateTest {
    private static final ProviderState.Refused TENSOR_RT =
            new ProviderState.Refused("TensorrtExecutionProvider", "refused", "It does not load the base.");
    private static final ProviderState.Refused LIBRARY =
            new ProviderState.Refused("mine", "library", "ONNX Runtime cannot load it.");

    @Test
    void whatWasAskedForAnswersSoAnotherOfItsKindIsNoTrouble() {
        assertThat(state("gpu", "CUDAExecutionProvider", "gpu", TENSOR_RT).trouble())
                .isEmpty();
        assertThat(state("CUDA", "CUDAExecutionProvider", "gpu", TENSOR_RT).trouble())
                .isEmpty();
        assertThat(state("gpu", "CUDAExecutionProvider", "gpu", LIBRARY).trouble())
                .contains("mine (library)");
    }

    @Test
    void whatWasAskedForDoesNotAnswer() {
        assertThat(state("gpu", "CPUExecutionProvider", "cpu", TENSOR_RT).trouble())
                .isEqualTo(
                        "Texts are classified on CPUExecutionProvider, asked for was 'gpu': TensorrtExecutionProvider"
                                + " (refused): It does not load the base.");
        assertThat(state("auto", "CPUExecutionProvider", "cpu", TENSOR_RT).trouble())
                .isEmpty();
    }

    @Test
    void whileNothingServesNothingIsNamed() {
        assertThat(ProviderState.of(Providers.cpu(), Optional.empty()).name()).isNull();
    }

    private static ProviderState state(String asked, String name, String kind, ProviderState.Refused refused) {
        return new ProviderState(asked, name, kind, "", List.of(refused), Map.of());
    }
}
