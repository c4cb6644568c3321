package dev.picket.models.llama;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.picket.inference.BadArtefactException;
import java.io.IOException;

/** Where the weights come from. */
sealed interface Origin {
    Checkpoint open() throws BadArtefactException, IOException;

    /** Bytes that {@link #told} reads. */
    long bytes() throws IOException;

    /** What base.json says of it. */
    ObjectNode told(Progress hashed) throws IOException;

    record Folder(CheckpointFolder folder, String quantiser) implements Origin {
        @Override
        public Checkpoint open() throws BadArtefactException, IOException {
            return folder.open();
        }

        @Override
        public long bytes() throws IOException {
            return folder.bytes();
        }

        @Override
        public ObjectNode told(Progress hashed) throws IOException {
            ObjectNode told = JsonNodeFactory.instance
                    .objectNode()
                    .put("tool", "picket workshop import")
                    .put("quantiser", quantiser);
            told.set("checkpoint", folder.digests(hashed));
            return told;
        }
    }

    record Chance(Shape shape, long seed) implements Origin {
        @Override
        public Checkpoint open() {
            return new RandomCheckpoint(seed);
        }

        @Override
        public long bytes() {
            return 0;
        }

        @Override
        public ObjectNode told(Progress hashed) {
            return JsonNodeFactory.instance
                    .objectNode()
                    .put("tool", "picket workshop synthetic")
                    .put("shape", shape.toString())
                    .put("seed", seed);
        }
    }
}
