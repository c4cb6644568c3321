/** The formats of bases, tasks, tensors and adapters: bytes in, checked records out, and back. */
@NullMarked
package dev.picket.inference.codec;

import org.jspecify.annotations.NullMarked;
