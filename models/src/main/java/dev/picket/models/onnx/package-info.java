/** Writes ONNX models: the protobuf of onnx.proto and the file of external weights. */
@NullMarked
package dev.picket.models.onnx;

import org.jspecify.annotations.NullMarked;
