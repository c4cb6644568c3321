package dev.picket.models.onnx;

import com.google.protobuf.CodedOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * An ONNX model under construction, written as the protobuf of onnx.proto (ONNX 1.16: IR version 10, operator set 21,
 * and {@code com.microsoft} version 1). Field numbers stand beside each message that is written here.
 */
public final class OnnxGraph {
    public static final String STANDARD = "";
    public static final String MICROSOFT = "com.microsoft";

    private static final int IR_VERSION = 10;
    private static final int OPERATOR_SET = 21;

    private final String name;
    private final List<byte[]> nodes = new ArrayList<>();
    private final List<byte[]> initialisers = new ArrayList<>();
    private final List<byte[]> inputs = new ArrayList<>();
    private final List<byte[]> outputs = new ArrayList<>();

    public OnnxGraph(String name) {
        this.name = name;
    }

    /** A graph input; each dim is a {@code Long} or the name of a symbol. */
    public void input(String name, ElementType type, Object... dims) throws IOException {
        inputs.add(valueInfo(name, type, dims));
    }

    /** A graph output; each dim is a {@code Long} or the name of a symbol. */
    public void output(String name, ElementType type, Object... dims) throws IOException {
        outputs.add(valueInfo(name, type, dims));
    }

    /** NodeProto: input 1, output 2, name 3, op_type 4, attribute 5, domain 7. An empty name leaves out what is optional. */
    public void node(String domain, String operator, List<String> in, List<String> out, Attribute... attributes)
            throws IOException {
        nodes.add(Proto.message(node -> {
            for (String each : in) {
                node.writeString(1, each);
            }
            for (String each : out) {
                node.writeString(2, each);
            }
            node.writeString(3, "/" + operator + "/" + out.getFirst());
            node.writeString(4, operator);
            for (Attribute each : attributes) {
                node.writeByteArray(5, each.bytes());
            }
            node.writeString(7, domain);
        }));
    }

    /** An initialiser inside the model file: TensorProto dims 1, data_type 2, name 8, raw_data 9 (little endian). */
    public void constant(String name, ElementType type, byte[] raw, long... dims) throws IOException {
        if (raw.length != type.bytesOf(dims)) {
            throw new IllegalArgumentException(name + " has " + raw.length + " bytes for its shape");
        }
        initialisers.add(Proto.message(tensor -> {
            head(tensor, name, type, dims);
            tensor.writeByteArray(9, raw);
        }));
    }

    /** An initialiser in a file beside the model: TensorProto external_data 13 (key 1, value 2), data_location 14. */
    void external(String name, ElementType type, String location, long offset, long length, long... dims)
            throws IOException {
        initialisers.add(Proto.message(tensor -> {
            head(tensor, name, type, dims);
            tensor.writeByteArray(13, entry("location", location));
            tensor.writeByteArray(13, entry("offset", Long.toString(offset)));
            tensor.writeByteArray(13, entry("length", Long.toString(length)));
            tensor.writeEnum(14, 1);
        }));
    }

    /** ModelProto: ir_version 1, producer_name 2, graph 7, opset_import 8 (domain 1, version 2). */
    public byte[] bytes() throws IOException {
        byte[] graph = Proto.message(this::writeGraph);
        return Proto.message(model -> {
            model.writeInt64(1, IR_VERSION);
            model.writeString(2, "picket workshop");
            model.writeByteArray(7, graph);
            model.writeByteArray(8, operators(STANDARD, OPERATOR_SET));
            model.writeByteArray(8, operators(MICROSOFT, 1));
        });
    }

    /** GraphProto: node 1, name 2, initializer 5, input 11, output 12. */
    private void writeGraph(CodedOutputStream graph) throws IOException {
        writeAll(graph, 1, nodes);
        graph.writeString(2, name);
        writeAll(graph, 5, initialisers);
        writeAll(graph, 11, inputs);
        writeAll(graph, 12, outputs);
    }

    private static void writeAll(CodedOutputStream out, int field, List<byte[]> messages) throws IOException {
        for (byte[] each : messages) {
            out.writeByteArray(field, each);
        }
    }

    private static void head(CodedOutputStream tensor, String name, ElementType type, long... dims) throws IOException {
        for (long dim : dims) {
            tensor.writeInt64(1, dim);
        }
        tensor.writeInt32(2, type.code);
        tensor.writeString(8, name);
    }

    private static byte[] entry(String key, String value) throws IOException {
        return Proto.message(entry -> {
            entry.writeString(1, key);
            entry.writeString(2, value);
        });
    }

    private static byte[] operators(String domain, int version) throws IOException {
        return Proto.message(set -> {
            set.writeString(1, domain);
            set.writeInt64(2, version);
        });
    }

    /** ValueInfoProto name 1, type 2; TypeProto tensor_type 1 (elem_type 1, shape 2); dim 1 (dim_value 1, dim_param 2). */
    private static byte[] valueInfo(String name, ElementType type, Object... dims) throws IOException {
        byte[] shape = Proto.message(out -> {
            for (Object dim : dims) {
                out.writeByteArray(1, dimension(dim));
            }
        });
        byte[] tensor = Proto.message(out -> {
            out.writeEnum(1, type.code);
            out.writeByteArray(2, shape);
        });
        return Proto.message(info -> {
            info.writeString(1, name);
            info.writeByteArray(2, Proto.message(out -> out.writeByteArray(1, tensor)));
        });
    }

    private static byte[] dimension(Object dim) throws IOException {
        return Proto.message(out -> {
            if (dim instanceof Number value) {
                out.writeInt64(1, value.longValue());
            } else {
                out.writeString(2, dim.toString());
            }
        });
    }
}
