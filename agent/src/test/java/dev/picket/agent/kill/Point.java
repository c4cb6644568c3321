package dev.picket.agent.kill;

/**
 * A moment of the agent's life at which it can be killed: a place in the code, found by names, and the how manyeth passing.
 *
 * @param name what has happened and what has not
 * @param type the class, its package's name below the agent's included, such as {@code read.Intake}, or {@code ota.store.FileStore}
 * @param method all of this name; the lambdas in them count where a call is looked for
 * @param place where in the method
 * @param pass the agent is killed when it comes by for this time; the first is 1
 */
record Point(String name, String type, String method, Place place, int pass) {
    private static final String PICKET = "dev.picket.";
    private static final String AGENT = PICKET + "agent.";
    private static final String OTA = "ota.";

    /** Where in a method. */
    sealed interface Place {
        /** Before its first instruction. */
        record Entry() implements Place {}

        /** Before it returns; not when it throws. */
        record Exit() implements Place {}

        /** When a call of this name has returned to it. */
        record After(String call) implements Place {}
    }

    /** @param where class and method, such as {@code read.Intake.accept} */
    static Point entry(String name, String where) {
        return of(name, where, new Place.Entry());
    }

    static Point exit(String name, String where) {
        return of(name, where, new Place.Exit());
    }

    static Point after(String name, String where, String call) {
        return of(name, where, new Place.After(call));
    }

    private static Point of(String name, String where, Place place) {
        int dot = where.lastIndexOf('.');
        String below = where.startsWith(OTA) ? PICKET : AGENT;
        return new Point(name, below + where.substring(0, dot), where.substring(dot + 1), place, 1);
    }

    Point pass(int number) {
        return new Point(name, type, method, place, number);
    }

    @Override
    public String toString() {
        return name;
    }
}
