package dev.picket.agent.judge;

/** No Set serves the task now; readings wait in their sources until one does. */
public final class NotServingException extends Exception {
    private static final long serialVersionUID = 1L;

    public NotServingException(String task, String why) {
        super("Task '" + task + "' is not served: " + why);
    }
}
