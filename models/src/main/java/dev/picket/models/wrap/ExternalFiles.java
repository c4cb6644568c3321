package dev.picket.models.wrap;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.picket.inference.BadArtefactException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;

/**
 * The files beside a graph that its initialisers lie in, read from the graph: ModelProto graph 7, GraphProto initializer
 * 5, TensorProto external_data 13, StringStringEntryProto key 1 and value 2. All else is skipped by its length.
 */
final class ExternalFiles {
    private static final int GRAPH = 7;
    private static final int INITIALISER = 5;
    private static final int EXTERNAL_DATA = 13;

    private ExternalFiles() {}

    static Set<String> of(Path model) throws IOException, BadArtefactException {
        Set<String> files = new TreeSet<>();
        try (InputStream file = new BufferedInputStream(Files.newInputStream(model))) {
            CodedInputStream in = CodedInputStream.newInstance(file);
            in.setSizeLimit(Integer.MAX_VALUE);
            each(in, GRAPH, () -> each(in, INITIALISER, () -> each(in, EXTERNAL_DATA, () -> entry(in, files))));
        } catch (InvalidProtocolBufferException e) {
            throw new BadArtefactException(model + " is not an ONNX model: " + e.getMessage(), e);
        }
        for (String name : files) {
            if (!Path.of(name).equals(Path.of(name).getFileName())) {
                throw new BadArtefactException(model + " has weights in '" + name
                        + "', which is no plain name of a file beside it; put them there and export again.");
            }
        }
        return files;
    }

    private interface Message {
        void read() throws IOException;
    }

    /** Reads each message field of that number, up to the enclosing message's end. */
    private static void each(CodedInputStream in, int field, Message message) throws IOException {
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (tag != (field << 3 | WireFormat.WIRETYPE_LENGTH_DELIMITED)) {
                in.skipField(tag);
            } else {
                int before = in.pushLimit(in.readRawVarint32());
                message.read();
                in.popLimit(before);
            }
        }
    }

    private static void entry(CodedInputStream in, Set<String> files) throws IOException {
        String key = "";
        String value = "";
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> key = in.readString();
                case 2 -> value = in.readString();
                default -> in.skipField(tag);
            }
        }
        if (key.equals("location")) {
            files.add(value);
        }
    }
}
