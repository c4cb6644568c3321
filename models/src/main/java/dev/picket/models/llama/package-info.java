/** Checkpoints of Llama, Mistral, Qwen2 and Qwen3 as a base with Picket's graph contract. */
@NullMarked
package dev.picket.models.llama;

import org.jspecify.annotations.NullMarked;
