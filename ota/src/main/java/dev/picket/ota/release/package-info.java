/** What a repository offers: releases, Sets, channels. */
@NullMarked
package dev.picket.ota.release;

import org.jspecify.annotations.NullMarked;
