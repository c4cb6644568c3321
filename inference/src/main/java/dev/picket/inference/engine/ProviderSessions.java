package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import java.nio.file.Path;
import java.util.List;

/** Where sessions come from, so that providers which this machine does not have can be played in a test. */
interface ProviderSessions {
    /**
     * A provider on a kind of processor.
     *
     * @param name in ONNX Runtime
     * @param device for people: its vendor, or nothing
     */
    record Candidate(String name, ProcessorKind kind, String device) {
        static final Candidate CPU = new Candidate("CPUExecutionProvider", ProcessorKind.CPU, "");
    }

    /** All but the CPU's own, and libraries that gave none. */
    record Offered(List<Candidate> candidates, List<ProviderChoice.Refusal> faults) {}

    Offered offered();

    /**
     * Loads a graph.
     *
     * @throws OrtException when the provider does not take it, or not all of it
     */
    ModelGraph open(Candidate candidate, Path folder, BaseManifest.Graph graph, int threads)
            throws OrtException, BadArtefactException;
}
