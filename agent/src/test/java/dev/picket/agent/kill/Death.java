package dev.picket.agent.kill;

import dev.picket.ota.update.Step;

/**
 * A death in the middle of an update: a method is about to run while the file of the update's state names that step.
 *
 * @param name what has happened and what has not
 * @param where class and method, as a {@link Point} names it
 * @param pass the how manyeth time, while that step is saved
 */
public record Death(String name, Step step, String where, int pass) {
    public Death(String name, Step step, String where) {
        this(name, step, where, 1);
    }

    @Override
    public String toString() {
        return name;
    }
}
