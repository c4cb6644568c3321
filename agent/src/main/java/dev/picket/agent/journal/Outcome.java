package dev.picket.agent.journal;

/** What becomes of a reading under one task: exactly one of these, whatever happens. */
public sealed interface Outcome permits Verdict, Drop {
    String source();

    String readingId();

    String task();
}
