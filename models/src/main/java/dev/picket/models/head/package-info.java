/** Fits a linear head on the hidden states of a base, and perhaps on n-grams of the texts. */
@NullMarked
package dev.picket.models.head;

import org.jspecify.annotations.NullMarked;
