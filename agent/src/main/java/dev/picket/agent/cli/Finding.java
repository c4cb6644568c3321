package dev.picket.agent.cli;

/**
 * One thing that {@code picket check} looked at.
 *
 * @param about what was looked at, such as {@code sources.messages}
 * @param level how it stands
 * @param sentence what was found and, where something is to be done, what
 */
record Finding(String about, Level level, String sentence) {
    enum Level {
        OK,
        /** The agent starts, and a part of it does not do its work. */
        WARNING,
        /** The agent does not start, or loses what it should keep. */
        ERROR
    }

    static Finding ok(String about, String sentence) {
        return new Finding(about, Level.OK, sentence);
    }

    static Finding warning(String about, String sentence) {
        return new Finding(about, Level.WARNING, sentence);
    }

    static Finding error(String about, String sentence) {
        return new Finding(about, Level.ERROR, sentence);
    }
}
