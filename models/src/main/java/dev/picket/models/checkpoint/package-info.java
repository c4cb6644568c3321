/** Reads Hugging Face folders: config.json and .safetensors, checked and mapped. */
@NullMarked
package dev.picket.models.checkpoint;

import org.jspecify.annotations.NullMarked;
