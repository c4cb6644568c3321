package dev.picket.inference.engine;

import ai.onnxruntime.OrtException;
import dev.picket.inference.BadArtefactException;
import dev.picket.inference.codec.BaseManifest;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Providers that this machine does not have: each is played by a graph on the CPU, or refuses. */
final class FakeSessions implements ProviderSessions {
    private final Map<Candidate, Optional<Path>> played = new LinkedHashMap<>();
    final List<String> asked = new ArrayList<>();

    /** @param folder of the graph that answers in its place; empty: it refuses every graph */
    FakeSessions with(String name, ProcessorKind kind, Optional<Path> folder) {
        played.put(new Candidate(name, kind, "Fake"), folder);
        return this;
    }

    @Override
    public Offered offered() {
        return new Offered(List.copyOf(played.keySet()), List.of());
    }

    @Override
    public ModelGraph open(Candidate candidate, Path folder, BaseManifest.Graph graph, int threads)
            throws OrtException, BadArtefactException {
        asked.add(candidate.name());
        if (candidate.equals(Candidate.CPU)) {
            return ModelGraph.open(folder, graph, threads);
        }
        Path other = played.getOrDefault(candidate, Optional.empty())
                .orElseThrow(() -> new OrtException(
                        "This session contains graph nodes that are assigned to the" + " default CPU EP"));
        return ModelGraph.open(other, graph, threads);
    }
}
