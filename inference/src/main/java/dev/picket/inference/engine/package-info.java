/** The running parts: a base in memory, the tasks on it, and the classifier that composes them. */
@NullMarked
package dev.picket.inference.engine;

import org.jspecify.annotations.NullMarked;
