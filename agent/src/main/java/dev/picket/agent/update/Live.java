package dev.picket.agent.update;

import dev.picket.inference.Classification;

/** A text that the Set which serves has answered. */
record Live(String task, String text, Classification answer) {}
