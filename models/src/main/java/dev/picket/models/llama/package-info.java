/** The LlamaForCausalLM family as an INT4 base with Picket's graph contract. */
@NullMarked
package dev.picket.models.llama;

import org.jspecify.annotations.NullMarked;
