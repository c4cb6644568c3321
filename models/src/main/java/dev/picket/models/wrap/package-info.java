/** Folders that ONNX Runtime GenAI's builder or HF Optimum made, taken as bases as they are: only base.json is added. */
@NullMarked
package dev.picket.models.wrap;

import org.jspecify.annotations.NullMarked;
